// The browser's side of the agents: one socket, kept open, that goes on where it was after a lost connection.
// No dependencies; Node 20 takes any WebSocket class as an option, a browser and Node 22 have one.

const REST_FIRST = 250;
const REST_MAX = 8_000;
const OPEN_MAX = 12;

/**
 * @param {string} url such as "ws://127.0.0.1:8080/ws"
 * @param {{learnerId: string, WebSocket?: typeof WebSocket}} options
 */
export function connectAgents(url, { learnerId, WebSocket = globalThis.WebSocket }) {
  const waiting = new Map(); // id of a message that was sent → what it says, and who waits for its answer
  const queue = []; // ids that wait until fewer are open: the server takes sixteen at once
  const handlers = new Map(); // type of an event → who wants it
  let position; // of the last event that came
  let following = false; // messages wait until events are followed, so that none of what they cause is missed
  let socket;
  let rest = REST_FIRST;
  let closed = false;
  let retry;

  open();

  return { sendMessage, subscribe, close };

  /** Asks an agent of the learner's session; its answer, or an error with the server's code. Sent again after a lost connection, and done once. */
  function sendMessage(agentType, { action, ...data }) {
    const id = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      waiting.set(id, { message: { type: "agent:learning", id, learnerId, agent: agentType, action, data }, resolve, reject, sent: false });
      queue.push(id);
      pump();
    });
  }

  /** Calls the handler with the data of each event of this type, such as "agent:insight"; gives back what ends that. */
  function subscribe(event, handler) {
    const those = handlers.get(event) ?? new Set();
    handlers.set(event, those.add(handler));
    return () => those.delete(handler);
  }

  function close() {
    closed = true;
    clearTimeout(retry);
    socket.close();
    for (const { reject } of waiting.values()) reject(new Error("The connection was closed."));
    waiting.clear();
  }

  function open() {
    socket = new WebSocket(url);
    socket.onopen = () => {
      rest = REST_FIRST;
      send({ type: position ? "resume" : "subscribe", id: "events", topics: ["agents"], position });
      for (const [id, entry] of waiting) {
        if (entry.sent) queue.unshift(id);
        entry.sent = false;
      }
    };
    socket.onmessage = ({ data }) => take(JSON.parse(data));
    socket.onerror = () => {};
    socket.onclose = () => {
      following = false;
      if (closed) return;
      retry = setTimeout(open, rest);
      rest = Math.min(rest * 2, REST_MAX);
    };
  }

  function pump() {
    const open = [...waiting.values()].filter((entry) => entry.sent).length;
    for (const id of queue.splice(0, following ? Math.max(0, OPEN_MAX - open) : 0)) {
      const entry = waiting.get(id);
      if (entry) {
        entry.sent = true;
        send(entry.message);
      }
    }
  }

  function take(message) {
    position = message.position ?? position;
    if (message.type === "event") tell(message.event.type, message.event.data);
    if (message.type !== "ack") return;
    if (message.id === "events") {
      following = message.ok;
      pump();
      return;
    }

    if (!waiting.has(message.id)) return;
    const { resolve, reject } = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.ok) resolve(message.response);
    else reject(Object.assign(new Error(message.error.message), { code: message.error.code }));
    pump();
  }

  function tell(type, data) {
    for (const handler of [...(handlers.get(type) ?? []), ...(handlers.get("*") ?? [])]) handler(data, type);
  }

  function send(message) {
    socket.send(JSON.stringify(message));
  }
}
