// Plays a ticket and a page through jira.js and confluence.js, which check every answer against their schemas.
// usage: node check.mjs URL EMAIL TOKEN SPACE_ID PAGE_ID; prints one line per step, exits 1 if any failed.
import { createCloudClient } from 'jira.js';
import { createV1Client, createV2Client } from 'confluence.js';

const [host, email, apiToken, spaceId, pageId] = process.argv.slice(2);
const auth = { type: 'basic', email, apiToken };
const jira = createCloudClient({ host, auth, onSchemaMismatch: 'throw' });
const wiki = createV2Client({ host, auth });
const search = createV1Client({ host, auth });
const text = words => ({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: words }] }] });

let failed = 0;
async function step(name, action, check = () => true) {
  try {
    const result = await action();
    if (!check(result)) throw new Error(`unexpected answer ${JSON.stringify(result)?.slice(0, 400)}`);
    console.log(`ok ${name}`);
    return result;
  } catch (error) {
    failed += 1;
    const detail = error.report ?? error.issues ?? error.cause ?? error.body ?? '';
    console.log(`FAILED ${name}: ${error.name} ${error.message} ${JSON.stringify(detail)?.slice(0, 1500)}`);
    return {};
  }
}

const me = await step('myself', () => jira.myself.getCurrentUser(), it => it.emailAddress === email);
const made = await step('create issue', () => jira.issues.createIssue({
  fields: { project: { key: 'PAY2' }, issuetype: { name: 'Task' }, summary: 'From jira.js', labels: ['needs-docs'], description: text('Why') },
  properties: [{ key: 'made.by', value: { tool: 'jira.js' } }],
}), it => it.key.startsWith('PAY2-'));
const issueIdOrKey = made.key;
await step('get issue', () => jira.issues.getIssue({ issueIdOrKey, expand: 'changelog,names,transitions', properties: ['*all'] }),
  it => it.fields.summary === 'From jira.js' && it.properties['made.by'].tool === 'jira.js');
await step('edit issue', () => jira.issues.editIssue({ issueIdOrKey, update: { labels: [{ add: 'api-change' }, { remove: 'needs-docs' }] } }));
const comment = await step('add comment', () => jira.issueComments.addComment({
  issueIdOrKey, body: text('APPROVED'), properties: [{ key: 'kinexus.comment', value: { kind: 'x' } }] }), it => it.body.type === 'doc');
await step('comments', () => jira.issueComments.getComments({ issueIdOrKey, orderBy: '-created' }), it => it.total === 1);
await step('comments by id', () => jira.issueComments.getCommentsByIds({ ids: [Number(comment.id)], expand: 'properties' }),
  it => it.values[0].properties[0].value.kind === 'x');
await step('comment property', () => jira.issueCommentProperties.getCommentProperty({ commentId: comment.id, propertyKey: 'kinexus.comment' }));
const { transitions } = await step('transitions', () => jira.issues.getTransitions({ issueIdOrKey }), it => it.transitions.length > 2);
const done = transitions.find(each => each.to.statusCategory.key === 'done');
await step('transition', () => jira.issues.doTransition({ issueIdOrKey, transition: { id: done.id } }));
await step('changelog', () => jira.issues.getChangeLogs({ issueIdOrKey }), it => it.values.at(-1).items.some(item => item.fieldId === 'status'));
await step('set property', () => jira.issueProperties.setIssueProperty({ issueIdOrKey, propertyKey: 'p', body: { a: 1 } }));
await step('get property', () => jira.issueProperties.getIssueProperty({ issueIdOrKey, propertyKey: 'p' }), it => it.value.a === 1);
await step('remote link', () => jira.issueRemoteLinks.createOrUpdateRemoteIssueLink({
  issueIdOrKey, globalId: 'page=1', object: { url: 'https://example.com', title: 'Page' } }));
await step('remote links', () => jira.issueRemoteLinks.getRemoteIssueLinks({ issueIdOrKey }), it => it.length === 1);
await step('link issues', () => jira.issueLinks.linkIssues({
  type: { name: 'Relates' }, inwardIssue: { key: issueIdOrKey }, outwardIssue: { key: 'PAY2-1' } }));
await step('link types', () => jira.issueLinkTypes.getIssueLinkTypes(), it => it.issueLinkTypes.length > 0);
await step('search', () => jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
  jql: 'project = PAY2 ORDER BY created DESC', fields: ['*all'], maxResults: 5 }), it => it.issues.length === 5);
await step('count', () => jira.issueSearch.countIssues({ jql: 'project = PAY2' }), it => it.count > 5);
await step('user', () => jira.users.getUser({ accountId: me.accountId, expand: 'groups' }));
await step('user groups', () => jira.users.getUserGroups({ accountId: me.accountId }), it => it.length > 0);
await step('group members', () => jira.groups.getUsersFromGroup({ groupname: 'documentation-approvers' }), it => it.values.length === 2);
await step('statuses', () => jira.workflowStatuses.getStatuses(), it => it.length === 5);
await step('project', () => jira.projects.getProject({ projectIdOrKey: 'PAY2' }), it => it.key === 'PAY2');
await step('search projects', () => jira.projects.searchProjects(), it => it.total === 1);

const body = value => ({ representation: 'storage', value });
await step('spaces', () => wiki.space.getSpaces({ keys: ['SD'] }), it => it.results[0].id === spaceId);
await step('read page', () => wiki.page.getPageById({ id: Number(pageId), bodyFormat: 'storage', includeLabels: true, includeVersions: true }),
  it => it.body.storage.value.includes('ac:layout'));
const page = await step('create page', () => wiki.page.createPage({
  body: { spaceId, status: 'current', title: 'From confluence.js', body: body('<p>one</p>') } }), it => it.version.number === 1);
const id = Number(page.id);
await step('update page', () => wiki.page.updatePage({
  id, body: { id: page.id, status: 'current', title: page.title, body: body('<p>two</p>'), version: { number: 2, message: 'm' } } }),
  it => it.version.number === 2);
let conflict = 0;
await wiki.page.updatePage({ id, body: { id: page.id, status: 'current', title: page.title, body: body('<p>x</p>'), version: { number: 2 } } })
  .catch(error => { conflict = error.status ?? error.response?.status; });
await step('stale update is refused', async () => conflict, it => it === 409);
await step('retitle', () => wiki.page.updatePageTitle({ id, body: { status: 'current', title: 'Renamed' } }), it => it.title === 'Renamed');
await step('pages', () => wiki.page.getPages({ id: [id, Number(pageId)], bodyFormat: 'storage', limit: 10 }), it => it.results.length === 2);
await step('pages in space', () => wiki.page.getPagesInSpace({ id: Number(spaceId), limit: 5 }), it => it.results.length === 5);
await step('versions', () => wiki.version.getPageVersions({ id }), it => it.results.length === 3);
await step('version', () => wiki.version.getPageVersionDetails({ pageId: id, versionNumber: 2 }), it => it.message === 'm');
await step('ancestors', () => wiki.ancestors.getPageAncestors({ id: Number(pageId) }), it => it.results.length === 2);
await step('labels', () => wiki.label.getPageLabels({ id: Number(pageId) }), it => it.results.length === 3);
const held = await step('create property', () => wiki.contentProperties.createPageProperty({ pageId: id, key: 'k', value: { a: 1 } }));
await step('update property', () => wiki.contentProperties.updatePagePropertyById({
  pageId: id, propertyId: Number(held.id), key: 'k', value: 2, version: { number: 2, message: '' } }), it => it.version.number === 2);
await step('add label', () => search.contentLabels.addLabelsToContent({ id: page.id, body: [{ prefix: 'global', name: 'fresh' }] }));
await step('cql', () => search.search.searchByCQL({ cql: 'space = SD AND text ~ "webhooks"', limit: 3 }), it => it.results.length === 3);
await step('content cql', () => search.content.searchContentByCQL({ cql: 'title = "Refunds"', expand: ['space', 'version'] }), it => it.size === 1);
await step('current user', () => search.users.getCurrentUser(), it => it.accountId === me.accountId);
await step('restrictions', () => search.contentRestrictions.getRestrictionsByOperation({ id: pageId }));
await step('trash page', () => wiki.page.deletePage({ id }));
process.exit(failed ? 1 : 0);
