// The REST APIs of Jira and Confluence, as the person who is chosen in the header.
import { $, say } from "./dom.js";

export const settings = JSON.parse($("settings").textContent);

export const person = () => settings.people.find(each => each.name === $("person").value);

export async function call(method, path, body) {
  const headers = { Authorization: person().authorization };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  const json = (response.headers.get("Content-Type") || "").includes("json") && text ? JSON.parse(text) : null;
  if (!response.ok) {
    const errors = json ? [...(json.errorMessages || []), ...Object.values(json.errors || {}).map(each => each.title || each), json.message] : [text];
    throw new Error(`${response.status}: ${errors.filter(Boolean).join("; ")}`);
  }
  return json ?? text;
}

// The document format of Jira's comments and descriptions: an empty line begins a paragraph.
export const adf = text => ({
  type: "doc", version: 1,
  content: text.split(/\n{2,}/).filter(part => part.trim()).map(part => ({
    type: "paragraph",
    content: part.trim().split("\n").flatMap((line, at) => [...(at ? [{ type: "hardBreak" }] : []), ...(line ? [{ type: "text", text: line }] : [])]),
  })),
});

export const words = text => text.split(/\s+/).filter(Boolean);

let running = false;

// Do one thing at a time, so that a double click acts once; say how it went.
export async function attempt(action, done) {
  if (running) {
    say("The action before is not finished yet. Repeat this one.");
    return false;
  }
  running = true;
  try {
    await action();
    say(done || "");
    return true;
  } catch (error) {
    say(error.message);
    return false;
  } finally {
    running = false;
    document.dispatchEvent(new Event("board:changed"));
  }
}
