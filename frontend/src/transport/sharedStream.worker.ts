/** The worker that keeps the one event stream of a browser. Its tabs reach it by ports. */
import { browserClock } from './clock.ts'
import { eventStreams } from './eventStream.ts'
import { portOf, type TabMessage, type WorkerMessage } from './sharedMessages.ts'
import { SharedStreams } from './sharedStreams.ts'

const streams = new SharedStreams(eventStreams(), browserClock)

globalThis.addEventListener('connect', (event) => {
  for (const port of (event as MessageEvent).ports) streams.connect(portOf<WorkerMessage, TabMessage>(port))
})
