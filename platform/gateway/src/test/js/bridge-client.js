// Drives the door with a stock SockJS event-bus client: node bridge-client.js <module> <url> <topic>
// Prints one JSON object with what it saw, and exits 0.
'use strict';

const [moduleName, url, topic] = process.argv.slice(2);
const EventBus = require(moduleName);
const seen = { records: [] };
const eb = new EventBus(url, { vertxbus_ping_interval: 200 });

function fail(why) {
  console.error(why);
  process.exit(1);
}
setTimeout(() => fail('no end within 20 s: ' + JSON.stringify(seen)), 20000).unref();

function request(address, body) {
  return new Promise((resolve) => {
    eb.send(address, body, {}, (error, message) => resolve(error ? { error } : { body: message.body }));
  });
}

eb.onerror = (error) => {
  seen.unhandled = error;
};
eb.onopen = async () => {
  for (let i = 0; i < 5; i++) {
    seen.produced = await request('produce.' + topic, { key: 'k', value: { n: i } });
  }
  seen.denied = await request('not.permitted', {});
  seen.fetched = await request('fetch.' + topic, { from: 'earliest', limit: 2 });
  const { body } = await request('subscribe.' + topic, { from: 'earliest', credits: 3 });
  eb.registerHandler(body.address, async (error, message) => {
    if (error) {
      return fail(JSON.stringify(error));
    }
    seen.records.push(message.body.value.n);
    if (seen.records.length === 3) {
      seen.credit = await request('credit.' + body.id, { credits: 10 });
    }
    if (seen.records.length === 5) {
      seen.unsubscribed = await request('unsubscribe.' + body.id, {});
      console.log(JSON.stringify(seen));
      process.exit(0);
    }
  });
};
