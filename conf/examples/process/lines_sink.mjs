#!/usr/bin/env node
// Appends each record's value to a file, as a line.
import { open } from 'node:fs/promises'
import { sink } from './thalweg_connector.mjs'

await sink(async (config, records) => {
  const file = await open(config.path, 'a')
  const line = ({ value }) => (typeof value === 'string' ? value : JSON.stringify(value)) + '\n'
  await file.appendFile(records.map(line).join(''))
  await file.sync()
  await file.close()
}, { schema: { type: 'object', required: ['path'], properties: { path: { type: 'string' } } } })
