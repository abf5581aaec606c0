# Prints the CPU and the memory of the server's host as they are measured.
# python3 examples/plain.py [ws://127.0.0.1:8080]   (with the package websockets)
import asyncio
import json
import sys

import websockets


async def main(server):
    async with websockets.connect(f"{server}/ws?metrics=cpu,memory") as socket:
        async for message in socket:
            event = json.loads(message)
            print(event["timestamp"], event["metric"], event["value"], flush=True)


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8080"))
