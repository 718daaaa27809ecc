// node try.mjs ws://127.0.0.1:8080/ws [learner]: the lines of README.md against a server. Node 20 needs --experimental-websocket.
import assert from "node:assert/strict";
import { connectAgents } from "./agents.mjs";

const [url, learnerId = "ana"] = process.argv.slice(2);
const agents = connectAgents(url, { learnerId });
const tutor = new Promise((resolve) => agents.subscribe("tutor:intervention:required", resolve));
const answer = (text) => agents.sendMessage("learning", { action: "process_interaction", activityId: "math-7-equations-1", response: { answer: text } });

for (let number = 1; number <= 3; number++) assert.equal((await answer("not so")).response.correct, false);
assert.match((await tutor).reason, /^3 wrong answers in a row/);
assert.equal((await answer("5")).response.correct, true);
const hints = await Promise.all([1, 2].map(() => agents.sendMessage("tutor", { action: "prepare_intervention", concept: "linear equations" })));
assert.deepEqual(hints.map((hint) => Array.isArray(hint.hints)), [true, true]);
await assert.rejects(agents.sendMessage("nobody", { action: "anything" }), { code: "request.invalid" });
agents.close();
console.log("All of it holds.");
