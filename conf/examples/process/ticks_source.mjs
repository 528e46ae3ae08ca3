#!/usr/bin/env node
// Publishes a tick with a running number at an interval.
import { setTimeout } from 'node:timers/promises'
import { source } from './thalweg_connector.mjs'

await source(async function* (config, position) {
  for (let n = (position?.n ?? -1) + 1; n < config.count; n++) {
    yield { records: [{ key: `tick-${n % 10}`, value: { n, text: config.text } }], position: { n } }
    await setTimeout(config.intervalMillis)
  }
}, {
  replays: true,
  schema: {
    type: 'object',
    properties: {
      intervalMillis: { type: 'integer', minimum: 0, default: 1000 },
      count: { type: 'integer', minimum: 0, default: 1000000 },
      text: { type: 'string', default: 'tick' },
    },
  },
})
