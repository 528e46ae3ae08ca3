package io.thalweg.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.system.node.NodeProcess;
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
                const drawn = layout(nodes, edges, 1200);
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
                    const rising = route.every((point, at) => at === 0 || point.x >= route[at - 1].x);
                    const falling = route.every((point, at) => at === 0 || point.x <= route[at - 1].x);
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

    private NodeProcess node;
    private Browser browser;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        browser = Browser.open();
        node = NodeProcess.in(directory);
        node.start();
    }

    @AfterAll
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (node != null) {
            node.close();
        }
    }

    @Test
    void nodesOfAGraphNeverOverlapAndEdgesNeverTurnBack() {
        try (WatchedPage page = browser.page(node.http())) {
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
        try (WatchedPage page = browser.page(node.http())) {
            page.visit("/console/topics");
            assertThat(page.page.evaluate(RECORDS, SEED)).as("seed=" + SEED).isEqualTo(400);
        }
    }
}
