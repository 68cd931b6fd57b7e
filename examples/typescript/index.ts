// A bus and a secret in TypeScript. Once: pulumi package add ../../provider (it writes sdks/kinexus).
import * as pulumi from "@pulumi/pulumi";
import * as kinexus from "@pulumi/kinexus";

const config = new pulumi.Config();

const bus = new kinexus.EventBus("events", { busName: "orders-events", archiveDays: 30 });
const chat = new kinexus.SecretBundle("chat", {
    secretName: "orders/chat",
    secretJson: config.requireSecret("chatHook"),
    description: "URL of the chat room",
});

export const busName = bus.busName;
export const secretArn = chat.secretArn;
