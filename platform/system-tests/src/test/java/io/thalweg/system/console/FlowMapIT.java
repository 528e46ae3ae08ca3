package io.thalweg.system.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The flow map of a node with 200 things on it: drawn, found one's way in, and as pictures to look at. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlowMapIT {
    private static final Path PICTURES = Path.of("target", "console-pages");
    private static final int TOPICS = 90;
    private static final int SOURCES = 45;
    private static final int SINKS = 20;
    private static final int GROUPS = 45;

    private static final List<String> AREAS = List.of(
            "orders", "payments", "shipments", "customers", "inventory", "pricing", "returns", "search", "fraud");
    private static final List<String> KINDS = List.of(
            "raw",
            "validated",
            "enriched-with-customer-data",
            "by-region",
            "hourly",
            "alerts",
            "v2",
            "archive",
            "audit",
            "dead-letters");

    private BrowsedNode browsed;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        Path connect = Files.createDirectories(directory.resolve("connect"));
        Path conf = Files.writeString(
                directory.resolve("conf.json"),
                new JsonObject()
                        .put(
                                "connectors",
                                new JsonObject()
                                        .put("pathRoots", new JsonArray().add(connect.toString()))
                                        .put(
                                                "directory",
                                                directory.resolve("none").toString()))
                        .encode());
        browsed = BrowsedNode.in(directory, "--conf", conf.toString());
        NodeApi api = browsed.api;
        for (int i = 0; i < TOPICS; i++) {
            api.createTopic(topic(i), 1 + i % 3);
        }
        for (int i = 0; i < SOURCES; i++) {
            connector(
                    api,
                    "import-" + topic(i),
                    new JsonObject()
                            .put("connector.class", "generate")
                            .put("topic", topic(i))
                            .put("rate", "" + (1 + i % 7)));
        }
        for (int i = 0; i < SINKS; i++) {
            connector(
                    api,
                    "export-" + i,
                    new JsonObject()
                            .put("connector.class", "file-sink")
                            .put("topics", topic(i * 2) + "," + topic(i * 3 + 1))
                            .put("directory", connect + "/" + i));
        }
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, browsed.node.kafka()))) {
            for (int i = 0; i < GROUPS; i++) {
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                for (int t = 0; t <= i % 3; t++) {
                    offsets.put(new TopicPartition(topic((i * 5 + t * 11) % TOPICS), 0), new OffsetAndMetadata(0));
                }
                admin.alterConsumerGroupOffsets("service-" + AREAS.get(i % AREAS.size()) + "-" + i, offsets)
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static String topic(int i) {
        return AREAS.get(i % AREAS.size()) + "." + KINDS.get(i / AREAS.size() % KINDS.size());
    }

    private static void connector(NodeApi api, String name, JsonObject config) throws Exception {
        NodeApi.expect(
                201,
                api.send(
                        "POST",
                        "/connect/connectors",
                        new JsonObject().put("name", name).put("config", config)));
    }

    @AfterAll
    void stop() {
        if (browsed != null) {
            browsed.close();
        }
    }

    @Test
    void twoHundredThingsAreDrawnAndAnyOfThemIsFound() {
        for (int width : List.of(360, 1_024, 1_600)) {
            int height = width == 360 ? 740 : width == 1_024 ? 768 : 1_000;
            try (WatchedPage page = browsed.page(width, height, ColorScheme.LIGHT)) {
                page.visit("/console");
                assertThat(page.locator(".node")).hasCount(TOPICS + SOURCES + SINKS + GROUPS);
                // The second look at the node has the rates.
                page.locator(".edge.moving").first().waitFor();
                pictures(page, "flow-200", width);
                page.locator("button[aria-label='Fit to the window']").click();
                pictures(page, "flow-200-fitted", width);
                page.locator("button[aria-label='Reduce']").click();
                page.locator("button[aria-label='Fit to the window']").click();
                assertNothingIsToTheSide(page, width);
                page.locator("button[aria-label='Enlarge']").click();

                page.locator(".node.topic").first().focus();
                String before = String.valueOf(page.page.evaluate("document.activeElement.dataset.id"));
                page.page.keyboard().press("ArrowDown");
                assertThat(String.valueOf(page.page.evaluate("document.activeElement.dataset.id")))
                        .isNotEqualTo(before);
                pictures(page, "flow-200-focused", width);
                page.locator("input[type=search]").fill("fraud.audit");
                assertThat(page.locator(".node.topic", "fraud.audit").first()).isVisible();
                assertThat(page.locator(".node")).not().hasCount(TOPICS + SOURCES + SINKS + GROUPS);
                page.assertNoMisstep("flow map at " + width);
            }
        }
    }

    @Test
    void connectorsOfEitherKindSayHowMuchTheyMoveAndWhere() {
        String address = browsed.node.http().substring("http://".length());
        for (String connector : List.of("import-" + topic(6), "export-0")) {
            try (WatchedPage page = browsed.page()) {
                page.visit("/console/connectors/" + connector);
                assertThat(page.locator(".page-head")).containsText(Pattern.compile("(source|sink) · [1-9][0-9.]*/s"));
                assertThat(page.locator("tbody td.mono").first()).hasText(address);
                page.assertNoMisstep(connector);
            }
        }
    }

    /** As the demo's, with more readers. */
    @Test
    void aSmallMapFitsAcrossATelephone() {
        List<String> ways = List.of(
                "topic:orders > group:billing",
                "topic:orders > group:fulfilment",
                "topic:orders > stream:orders-by-customer",
                "topic:orders > group:nightly-reports",
                "stream:orders-by-customer > topic:orders-by-customer",
                "connector:airports > topic:airports",
                "connector:flights > topic:flights",
                "topic:airports > stream:delays-by-hour",
                "topic:flights > stream:delays-by-hour",
                "topic:flights > group:nightly-reports",
                "stream:delays-by-hour > topic:airport-delays",
                "topic:airport-delays > connector:delays");
        JsonArray nodes = new JsonArray();
        JsonArray edges = new JsonArray();
        Set<String> ids = new TreeSet<>();
        for (String way : ways) {
            String[] ends = way.split(" > ");
            ids.addAll(List.of(ends));
            edges.add(new JsonObject()
                    .put("from", ends[0])
                    .put("to", ends[1])
                    .put("figures", new JsonObject().put("lag", 148)));
        }
        ids.forEach(id -> nodes.add(new JsonObject()
                .put("id", id)
                .put("kind", id.substring(0, id.indexOf(':')))
                .put("name", id.substring(id.indexOf(':') + 1))
                .put("state", "RUNNING")
                .putNull("problem")
                .put("figures", new JsonObject().put("recordsPerSecond", 3))));
        JsonObject flow =
                new JsonObject().put("nodes", nodes).put("edges", edges).put("problems", new JsonArray());
        try (WatchedPage page = browsed.page(360, 740, ColorScheme.LIGHT)) {
            page.page.route(
                    "**/v1/flow*",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("application/json")
                            .setBody(flow.encode())));
            page.visit("/console");
            assertThat(page.locator(".node")).hasCount(ids.size());
            pictures(page, "flow-small", 360);
            assertNothingIsToTheSide(page, 360);
        }
    }

    private static void assertNothingIsToTheSide(WatchedPage page, int width) {
        assertThat(page.page.evaluate("(() => { const frame = document.querySelector('.graph-scroll');"
                        + " return frame.scrollWidth <= frame.clientWidth; })()"))
                .as("nothing is to the side: " + width)
                .isEqualTo(true);
    }

    @Test
    void whatFlowsIsNotSaidToBeNothingBeforeItIsKnown() {
        JsonObject topic = new JsonObject()
                .put("id", "topic:orders")
                .put("kind", "topic")
                .put("name", "orders")
                .putNull("problem")
                .put("figures", new JsonObject().put("partitions", 1).put("sizeBytes", 2_048));
        JsonObject flow = new JsonObject()
                .put("nodes", new JsonArray().add(topic))
                .put("edges", new JsonArray())
                .put("problems", new JsonArray());
        try (WatchedPage page = browsed.page()) {
            page.page.route(
                    "**/v1/flow*",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("application/json")
                            .setBody(flow.encode())));
            page.visit("/console");
            assertThat(page.locator(".node-figures")).hasText("2 KiB");
            assertThat(page.locator(".stat", "Records in").locator("dd")).hasText("–");
            topic.getJsonObject("figures").put("recordsPerSecond", 0);
            assertThat(page.locator(".stat", "Records in").locator("dd")).hasText("0/s");
            page.assertNoMisstep("flow map before the second look");
        }
    }

    private static void pictures(WatchedPage page, String name, int width) {
        for (ColorScheme theme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            page.page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
            page.page.screenshot(new Page.ScreenshotOptions()
                    .setPath(PICTURES.resolve(
                            name + "-" + width + "-" + theme.name().toLowerCase(Locale.ROOT) + ".png")));
        }
    }
}
