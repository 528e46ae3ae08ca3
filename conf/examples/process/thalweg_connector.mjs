// A connector in ten lines of JavaScript. Copy this file beside yours; Node.js 18 or later is all it needs.
//
//   import { source, sink } from './thalweg_connector.mjs'
//   await source(async function* (config, position) { yield { records, position } })
//   await sink(async (config, records) => { ... })      // durable when it returns
//
// A record is {key, value, headers, timestamp, topic, partition}; only value must be there.
// The protocol underneath is docs/PROCESS-CONNECTORS.md. console.log goes to stderr, and so to the node's log.
import { once } from 'node:events'
import { createInterface } from 'node:readline'

console.log = console.info = console.debug = console.error // so that a stray print cannot break the protocol

async function say(message) {
  // Waits while the pipe is full: that is the node holding us back.
  if (!process.stdout.write(JSON.stringify(message) + '\n')) await once(process.stdout, 'drain')
}

async function* incoming() {
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line)
    if (message.type === 'STOP') return
    yield message
  }
}

/** Says hello; returns the START message and the messages behind it. */
async function begin(schema, replays) {
  process.on('SIGINT', () => {}) // the node's business, not ours
  await say({ type: 'HELLO', protocol: [1], config: schema ?? { type: 'object' }, replays })
  const messages = incoming()
  for (;;) {
    const { value, done } = await messages.next()
    if (done) process.exit(0)
    if (value.type === 'START') return { start: value, messages }
  }
}

export const log = (message, level = 'info') => say({ type: 'LOG', level, message })

/**
 * Runs a source. read(config, position) is an async generator: it begins behind position (null at first) and yields
 * {records, position}; position, any JSON, says where to go on behind these records, null if it did not move.
 * replays: it yields the same records in the same order again from a position (then delivery may be exactly-once).
 * onAck(position): everything up to that position is in the log for good.
 */
export async function source(read, { schema, replays = false, onAck } = {}) {
  const { start, messages } = await begin(schema, replays)
  const listening = (async () => {
    for await (const message of messages) if (message.type === 'ACK') onAck?.(message.position)
    process.exit(0) // told to stop
  })()
  for await (const { records = [], position = null } of read(start.config, start.position)) {
    if (records.length > 0 || position !== null) await say({ type: 'RECORDS', records, position })
  }
  process.stdout.write('', () => process.exit(0))
  await listening
}

/** Runs a sink. write(config, records) is called with an array of records, in order; they are durable when it returns. */
export async function sink(write, { schema } = {}) {
  const { start, messages } = await begin(schema, false)
  for await (const message of messages) {
    if (message.type !== 'RECORDS') continue
    await write(start.config, message.records)
    await say({ type: 'ACK', id: message.id })
  }
  process.stdout.write('', () => process.exit(0))
}
