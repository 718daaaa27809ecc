"""Gives tasks to a server and looks until they have ended: python3 tasks.py [ADDRESS]

A server that asks for a key is shown the one in ORC_API_KEY. Uses httpx where it is installed, and what comes with Python otherwise.
"""

import json
import os
import sys
import time

SERVER = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
KEY = os.environ.get("ORC_API_KEY")
HEADERS = {"Content-Type": "application/json", **({"Authorization": f"Bearer {KEY}"} if KEY else {})}

try:
    import httpx

    client = httpx.Client(base_url=SERVER, headers=HEADERS, timeout=30)

    def ask(path, body=None):
        response = client.get(path) if body is None else client.post(path, json=body)
        if response.is_error:
            raise SystemExit(f"{response.status_code}: {response.json()['detail']}")
        return response.json()

except ImportError:
    import urllib.error
    import urllib.request

    def ask(path, body=None):
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(SERVER + path, data, HEADERS), timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"{refused.code}: {json.load(refused)['detail']}") from refused


def submit(pattern, payload, priority=3, timeout=120):
    task = ask("/orchestrate", {"pattern": pattern, "payload": payload, "priority": priority, "metadata": {"source": "python"}, "timeout": timeout})
    print(f"{task['task_id']} {task['status']} at {task['agent']}")
    return task["task_id"]


def wait(task_id, seconds=60):
    for _ in range(seconds):
        task = ask(f"/status/{task_id}")
        if task["status"] in ("completed", "failed"):
            return task
        time.sleep(1)
    raise SystemExit(f"task {task_id} is still {task['status']} after {seconds} s")


text = "Plants make sugar from light. Sugar feeds the plant. Animals eat plants and breathe the oxygen that plants give off."
tasks = [submit("build_knowledge_graph", {"text": text}, priority=5), submit("generate_assessment", {"text": text})]
for done in map(wait, tasks):
    print(f"{done['task_id']} {done['status']} in {done['execution_time']} s")

merged = ask("/aggregate", {"task_ids": tasks})
print(f"{merged['completed']} of {merged['total_tasks']} completed")
