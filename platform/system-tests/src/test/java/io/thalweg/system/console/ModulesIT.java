package io.thalweg.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The console's pure modules, each called in the browser with made-up input from a seed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModulesIT {
    private static final int SEED = 20_261_122;

    /** A generator of numbers in [0, 1), and a module by its path. */
    private static final String HELP = """
            const random = ((a) => () => {
              a |= 0; a = a + 0x6D2B79F5 | 0;
              let t = Math.imul(a ^ a >>> 15, 1 | a);
              t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
              return ((t ^ t >>> 14) >>> 0) / 4294967296;
            })(seed);
            const below = (n) => Math.floor(random() * n);
            const load = (path) => import([...document.querySelectorAll('link[rel=modulepreload]')]
                .map((link) => link.href).find((address) => address.endsWith(path)));
            """;

    private static final String LAYOUT = """
            async (seed) => {
            """ + HELP + """
              const { layout } = await load('/js/graph/layout.js');
              const found = { graphs: 0, overlaps: 0, backwards: 0, missing: 0, slowestMillis: 0 };
              for (let round = 0; round < 120; round++) {
                const count = round === 0 ? 200 : 1 + below(60);
                const nodes = Array.from({ length: count }, (_, i) => ({ id: 'n' + i, width: 208, height: 54 }));
                const edges = Array.from({ length: round === 0 ? 260 : below(count * 2) },
                    () => ({ from: 'n' + below(count), to: 'n' + below(count) }));
                const began = performance.now();
                const down = round % 2 === 1;
                const drawn = layout(nodes, edges, 1200, 60, down, round % 3 === 2 ? 2 : Infinity);
                found.slowestMillis = Math.max(found.slowestMillis, performance.now() - began);
                found.graphs++;
                const places = nodes.map((node) => drawn.places[node.id]);
                found.missing += places.filter((place) => !place || !Number.isFinite(place.x + place.y)).length;
                for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) {
                  found.overlaps += Math.abs(places[a].x - places[b].x) < 207.9 && Math.abs(places[a].y - places[b].y) < 53.9 ? 1 : 0;
                }
                edges.forEach((edge, i) => {
                  const route = drawn.routes[i];
                  if (edge.from !== edge.to) {
                    found.missing += route.length < 2 ? 1 : 0;
                    const ahead = route.map((point) => down ? point.y : point.x);
                    const rising = ahead.every((point, at) => at === 0 || point >= ahead[at - 1]);
                    const falling = ahead.every((point, at) => at === 0 || point <= ahead[at - 1]);
                    found.backwards += rising || falling ? 0 : 1;
                  }
                });
              }
              return found;
            }
            """;

    private static final String RECORDS = """
            async (seed) => {
            """ + HELP + """
              const { readRecords, publishJson } = await load('/js/records.js');
              const pick = (all) => all[below(all.length)];
              const text = () => Array.from({ length: below(12) },
                  () => pick(['"', '\\\\', '{', '}', '[', ']', ',', ':', 'a', ' ', '\\n', '\\u0000', 'ü', '\\ud83d\\ude00', '<'])).join('');
              const json = (depth) => depth === 0 || random() < 0.4
                  ? pick([() => JSON.stringify(text()), () => '12345678901234567890', () => '-1.50e+3', () => 'true', () => 'null'])()
                  : random() < 0.5
                    ? '[' + Array.from({ length: below(4) }, () => json(depth - 1)).join(' , ') + ']'
                    : '{' + Array.from({ length: below(4) }, () => JSON.stringify(text()) + ' : ' + json(depth - 1)).join(',') + '}';
              const payload = () => pick([
                  () => ({ type: 'json', text: json(3) }), () => ({ type: 'string', text: text() }),
                  () => ({ type: 'base64', text: btoa('bytes' + below(100)) }), () => ({ type: 'null', text: '' })])();
              const raw = (one) => one.type === 'json' ? one.text : one.type === 'null' ? 'null' : JSON.stringify(one.text);
              let checked = 0;
              for (let round = 0; round < 400; round++) {
                const rows = Array.from({ length: below(5) }, (_, i) => ({
                  topic: 't', partition: below(9), offset: i, timestamp: below(2 ** 40), key: payload(), value: payload(),
                  headers: Array.from({ length: below(3) }, () => ({ name: text(), value: payload() })) }));
                const answer = '{"records":[' + rows.map((row) =>
                    `{"topic":"t","partition":${row.partition},"offset":${row.offset},"timestamp":${row.timestamp},`
                    + `"key":${raw(row.key)},"keyType":"${row.key.type}","value":${raw(row.value)},"valueType":"${row.value.type}","headers":[`
                    + row.headers.map((h) => `{"key":${JSON.stringify(h.name)},"value":${raw(h.value)},"valueType":"${h.value.type}"}`).join(',')
                    + ']}').join(',') + '],"next":' + JSON.stringify(text() + 'end') + '}';
                const read = [];
                const others = readRecords(answer, (row) => read.push(row));
                if (JSON.stringify(read) !== JSON.stringify(rows) || !others.next.endsWith('end')) return 'not read as written: ' + answer;
                for (const row of read) {
                  const again = publishJson(row);
                  if (row.value.type === 'json' && !again.includes('"value":' + row.value.text + ',')) return 'not published as read: ' + again;
                  JSON.parse(again);
                }
                checked++;
              }
              return checked;
            }
            """;

    /**
     * Pages of a topic from its end, over a made-up node: partitions of different ages, ranges that were compacted away,
     * and reads that fail now and then and are tried again.
     */
    private static final String BACKWARDS = """
            async (seed) => {
            """ + HELP + """
              const { backwards } = await load('/js/pager.js');
              const fetched = window.fetch;
              let failing = 0;
              let logs = [];
              window.fetch = async (address) => {
                if (random() < failing) throw new TypeError('no connection');
                const query = new URL(address, location.origin).searchParams;
                const log = logs[Number(query.get('partition'))];
                const from = Number(query.get('from').replace('c', ''));
                const looked = log.rows.filter((row) => row.offset >= from).slice(0, Math.min(Number(query.get('limit')), 1 + below(400)));
                const filtering = query.get('filter') === 'odd';
                const rows = looked.filter((row) => !filtering || row.offset % 7 === 1);
                const text = rows.map((row) => JSON.stringify({ ...row, key: null, keyType: 'null', value: row.offset, valueType: 'json' }));
                const next = looked.length ? looked.at(-1).offset + 1 : log.high;
                return new Response('{"records":[' + text.join(',') + '],"next":"c' + next + '"'
                    + (filtering ? ',"looked":' + looked.length : '') + '}');
              };
              let pages = 0;
              try {
                for (let round = 0; round < 60; round++) {
                  logs = Array.from({ length: 1 + below(6) }, (_, partition) => {
                    const low = below(50);
                    const high = low + below(round % 3 === 0 ? 5000 : 200);
                    const kept = random();
                    let timestamp = 1000 + below(2000);
                    const rows = [];
                    for (let offset = low; offset < high; offset++) {
                      timestamp += below(4);
                      if (random() < kept) rows.push({ partition, offset, timestamp });
                    }
                    return { low, high, rows };
                  });
                  failing = round % 2 === 0 ? 0 : 0.1;
                  const filter = round % 4 < 2 ? '' : 'odd';
                  const pager = backwards('topic', logs.map(({ low, high }, partition) =>
                      ({ partition, logStartOffset: low, highWatermark: high, sizeBytes: (high - low) * 100 })), filter);
                  const seen = [];
                  while (!pager.done) {
                    const limit = 1 + below(120);
                    let page;
                    try {
                      page = await pager.next(limit, new AbortController().signal);
                    } catch (failure) {
                      if (failure.code !== 'UNREACHABLE') throw failure;
                      continue;
                    }
                    pages++;
                    if (page.length > limit) return 'page of ' + page.length + ' for limit ' + limit;
                    seen.push(...page);
                  }
                  const all = logs.flatMap((log) => log.rows).filter((row) => filter === '' || row.offset % 7 === 1);
                  if (seen.length !== all.length) return 'round ' + round + ': ' + seen.length + ' of ' + all.length;
                  if (new Set(seen.map((row) => row.partition + ' ' + row.offset)).size !== all.length) return 'twice';
                  if (seen.some((row, i) => i > 0 && row.timestamp > seen[i - 1].timestamp)) return 'round ' + round + ': not newest first';
                }
              } finally {
                window.fetch = fetched;
              }
              return pages > 0;
            }
            """;

    /** A tab that is not seen draws no frames: what arrives meanwhile is bounded, and every record is counted. */
    private static final String HIDDEN_TAIL = """
            async (seed) => {
            """ + HELP + """
              await load('/js/views/topic-live.js');
              const view = document.createElement('tw-topic-live');
              const row = (offset) => ({ topic: 't', partition: 0, offset, timestamp: 0, headers: [],
                  key: { type: 'null', text: '' }, value: { type: 'string', text: 'x'.repeat(offset % 2 === 0 ? 40000 : 10) } });
              const frame = window.requestAnimationFrame;
              const frames = [];
              window.requestAnimationFrame = (draw) => frames.push(draw);
              let most = 0;
              try {
                for (let i = 0; i < 500; i++) {
                  view.onMessage({ type: 'rows', rows: Array.from({ length: 40 }, (_, n) => row(i * 40 + n)), received: 45, notShown: 5 });
                  most = Math.max(most, view.waiting.length);
                }
                frames.forEach((draw) => draw());
              } finally {
                window.requestAnimationFrame = frame;
              }
              const chars = view.rows.reduce((sum, one) => sum + one.value.text.length, 0);
              return { frames: frames.length, most, kept: view.rows.length, newest: view.rows[0].offset,
                  counted: view.shownCount + view.notShown, megaChars: Math.ceil(chars / 1e6) };
            }
            """;

    private BrowsedNode browsed;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        browsed = BrowsedNode.in(directory);
    }

    @AfterAll
    void stop() {
        if (browsed != null) {
            browsed.close();
        }
    }

    @Test
    void nodesOfAGraphNeverOverlapAndEdgesNeverTurnBack() {
        try (WatchedPage page = browsed.page()) {
            page.visit("/console/topics");
            Object answer = page.page.evaluate(LAYOUT, SEED);
            System.out.println("graph layout, seed=" + SEED + ": " + answer);
            assertThat(answer).isInstanceOf(Map.class);
            Map<?, ?> found = (Map<?, ?>) answer;
            assertThat(found.get("graphs")).isEqualTo(120);
            for (String fault : List.of("overlaps", "backwards", "missing")) {
                assertThat(found.get(fault)).as(fault).isEqualTo(0);
            }
        }
    }

    @Test
    void recordsAreReadWithoutLosingACharacter() {
        try (WatchedPage page = browsed.page()) {
            page.visit("/console/topics");
            assertThat(page.page.evaluate(RECORDS, SEED)).as("seed=" + SEED).isEqualTo(400);
        }
    }

    @Test
    void pagesFromTheEndAreWholeAndNewestFirst() {
        try (WatchedPage page = browsed.page()) {
            page.visit("/console/topics");
            assertThat(page.page.evaluate(BACKWARDS, SEED)).as("seed=" + SEED).isEqualTo(true);
        }
    }

    @Test
    void aTailThatNobodySeesIsBoundedAndCounted() {
        try (WatchedPage page = browsed.page()) {
            page.visit("/console/topics");
            Map<?, ?> found = (Map<?, ?>) page.page.evaluate(HIDDEN_TAIL, SEED);
            assertThat(found.get("frames")).isEqualTo(1);
            assertThat((Integer) found.get("most")).isLessThanOrEqualTo(2_000);
            assertThat(found.get("newest")).isEqualTo(19_999);
            assertThat(found.get("counted")).isEqualTo(500 * 45);
            assertThat((Integer) found.get("kept")).isBetween(1, 2_000);
            assertThat((Integer) found.get("megaChars")).isLessThanOrEqualTo(33);
        }
    }
}
