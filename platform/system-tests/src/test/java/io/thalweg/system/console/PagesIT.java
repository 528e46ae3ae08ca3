package io.thalweg.system.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every page, in both themes and three widths, as a picture in {@code target/console-pages}: look at them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesIT {
    private static final Path PICTURES = Path.of("target", "console-pages");

    private static final Map<String, String> PAGES = Map.ofEntries(
            Map.entry("flow", "/console"),
            Map.entry("topics", "/console/topics"),
            Map.entry("topics-new", "/console/topics?new=true"),
            Map.entry("topic-messages", "/console/topics/orders"),
            Map.entry("topic-live", "/console/topics/orders/live"),
            Map.entry("topic-publish", "/console/topics/orders/publish"),
            Map.entry("topic-partitions", "/console/topics/orders/partitions"),
            Map.entry("topic-readers", "/console/topics/orders/groups"),
            Map.entry("topic-settings", "/console/topics/orders/configs"),
            Map.entry("groups", "/console/groups"),
            Map.entry("group", "/console/groups/billing"),
            Map.entry("connectors", "/console/connectors"),
            Map.entry("connectors-new", "/console/connectors?new=true"),
            Map.entry("streams", "/console/streams"),
            Map.entry("verticles", "/console/verticles"),
            Map.entry("cluster", "/console/cluster"),
            Map.entry("absent-topic", "/console/topics/absent"),
            Map.entry("absent-page", "/console/absent"));

    /** Names of controls that a reader of the page aloud could not tell. */
    private static final String NAMELESS = """
            [...document.querySelectorAll('button, a[href], input, select, textarea')]
              .filter((e) => e.getClientRects().length > 0)
              .filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.title || e.labels?.length))
              .map((e) => e.outerHTML.slice(0, 120))
            """;

    private NodeProcess node;
    private Browser browser;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        browser = Browser.open();
        node = NodeProcess.in(directory);
        node.start();
        NodeApi api = new NodeApi(node.http());
        api.createTopic("orders", 4);
        api.createTopic("payments.eu-west.authorised-and-captured", 12);
        JsonArray records = new JsonArray();
        for (int i = 0; i < 500; i++) {
            JsonObject value = new JsonObject()
                    .put("orderId", 12_345_678_901_234L + i)
                    .put("customer", "Customer " + i % 40)
                    .put("items", new JsonArray().add(new JsonObject().put("sku", "A-" + i % 90)));
            records.add(new JsonObject().put("key", "customer-" + i % 40).put("value", value));
        }
        api.publish("orders", records);
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, node.kafka()))) {
            admin.alterConsumerGroupOffsets(
                            "billing",
                            Map.of(
                                    new TopicPartition("orders", 0), new OffsetAndMetadata(20),
                                    new TopicPartition("orders", 1), new OffsetAndMetadata(80)))
                    .all()
                    .get(120, TimeUnit.SECONDS);
        }
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

    @ParameterizedTest
    @CsvSource({"LIGHT, 360", "LIGHT, 1024", "LIGHT, 1600", "DARK, 360", "DARK, 1024", "DARK, 1600"})
    void everyPageFitsAndMakesNoMisstep(ColorScheme theme, int width) {
        int height = width < 500 ? 740 : width < 1_100 ? 768 : 1_000;
        try (WatchedPage page = browser.page(node.http(), width, height, theme)) {
            PAGES.forEach((name, path) -> {
                page.visit(path);
                page.locator("main h1, main h2")
                        .first()
                        .waitFor(new com.microsoft.playwright.Locator.WaitForOptions()
                                .setState(com.microsoft.playwright.options.WaitForSelectorState.ATTACHED));
                page.page.waitForCondition(() -> page.locator("main .loading").count() == 0);
                page.page.screenshot(new Page.ScreenshotOptions()
                        .setPath(PICTURES.resolve(
                                name + "-" + width + "-" + theme.name().toLowerCase(java.util.Locale.ROOT) + ".png")));
                page.assertNoMisstep(path);
                assertThat(page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                        .as("the page is no wider than the window: " + path)
                        .isEqualTo(true);
                assertThat(page.page.evaluate("(() => { const m = document.querySelector('main');"
                                + " return m.scrollWidth <= m.clientWidth; })()"))
                        .as("the content is no wider than its place: " + path)
                        .isEqualTo(true);
                assertThat((List<?>) page.page.evaluate(NAMELESS))
                        .as("controls without a name: " + path)
                        .isEmpty();
            });
        }
    }
}
