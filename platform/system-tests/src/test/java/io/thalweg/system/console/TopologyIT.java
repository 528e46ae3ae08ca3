package io.thalweg.system.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A stream's topology can be looked at in any window: shrunk as far as it can be read, and scrolled within its own frame
 * beyond that. The streams are made up.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopologyIT {
    private static final Path PICTURES = Path.of("target", "console-pages");

    /** A node's height, and the least scale at which its text can be read. */
    private static final double NODE_PIXELS = 54 * 0.72 - 0.5;

    private static final String FRAME = "document.querySelector('.graph-scroll')";

    /** Nodes that are not within the frame when they are in focus. */
    private static final String UNSEEN = """
            (() => {
              const frame = document.querySelector('.graph-scroll').getBoundingClientRect();
              return [...document.querySelectorAll('.node')].filter((node) => {
                node.focus();
                const box = node.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
              }).map((node) => node.dataset.id);
            })()
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

    @ParameterizedTest
    @ValueSource(ints = {360, 1_024, 1_600})
    void everyNodeIsSeenWithinTheFrameAndCanBeRead(int width) {
        for (int operators : List.of(9, 14, 40)) {
            look("chain-" + operators, stream(1, operators), operators + 2, width, true);
        }
        look("parts-200", stream(40, 3), 200, width, width > 360);
    }

    private void look(String name, JsonObject stream, int nodes, int width, boolean fitsAcross) {
        int height = width == 360 ? 740 : width == 1_024 ? 768 : 1_000;
        try (WatchedPage page = browsed.page(width, height, ColorScheme.LIGHT)) {
            open(page, stream);
            assertThat(page.locator(".node")).hasCount(nodes);
            pictures(page, "topology-" + name, width);
            check(page, name + " at " + width, fitsAcross);
            page.locator("button[aria-label='Reduce']").click();
            page.locator("button[aria-label='Fit to the window']").click();
            check(page, name + " fitted at " + width, fitsAcross);
            page.assertNoMisstep(name + " at " + width);
        }
    }

    private static void check(WatchedPage page, String where, boolean fitsAcross) {
        assertThat((List<?>) page.page.evaluate(UNSEEN))
                .as("not seen in focus: " + where)
                .isEmpty();
        assertThat(((Number) page.page.evaluate("document.querySelector('.node').getBoundingClientRect().height"))
                        .doubleValue())
                .as("height of a node: " + where)
                .isGreaterThan(NODE_PIXELS);
        assertThat(page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .as("the page is no wider than the window: " + where)
                .isEqualTo(true);
        if (fitsAcross) {
            assertThat(page.page.evaluate(FRAME + ".scrollWidth <= " + FRAME + ".clientWidth"))
                    .as("nothing is to the side: " + where)
                    .isEqualTo(true);
        }
    }

    @Test
    void arrowKeysLeadAlongTheChainAndTheMouseMovesIt() {
        try (WatchedPage page = browsed.page(360, 740, ColorScheme.LIGHT)) {
            open(page, stream(1, 14));
            page.locator(".node", "topic-in-0").focus();
            for (int i = 0; i < 15; i++) {
                page.page.keyboard().press("ArrowDown");
            }
            assertThat(page.locator(".node", "topic-out-0")).isFocused();
            assertThat(page.locator(".node", "topic-out-0")).isInViewport();
            Object before = page.page.evaluate(FRAME + ".scrollTop");
            var frame = page.locator(".graph-scroll").boundingBox();
            page.page.mouse().move(frame.x + 8, frame.y + 40);
            page.page.mouse().down();
            page.page.mouse().move(frame.x + 8, frame.y + 140);
            page.page.mouse().up();
            assertThat(((Number) page.page.evaluate(FRAME + ".scrollTop")).doubleValue())
                    .isLessThan(((Number) before).doubleValue());
            page.assertNoMisstep("chain by keyboard and mouse");
        }
    }

    private static void open(WatchedPage page, JsonObject stream) {
        page.page.route(
                "**/v1/streams/made-up",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(stream.encode())));
        page.visit("/console/streams/made-up");
        page.locator(".node").first().waitFor();
    }

    /** So many chains of so many operators, each between two topics. */
    private static JsonObject stream(int chains, int operators) {
        JsonArray subs = new JsonArray();
        for (int chain = 0; chain < chains; chain++) {
            JsonArray nodes = new JsonArray();
            for (int i = 0; i < operators; i++) {
                boolean source = i == 0;
                boolean sink = i == operators - 1;
                JsonObject params = new JsonObject();
                if (source) {
                    params.put("topics", new JsonArray().add("topic-in-" + chain));
                } else if (sink) {
                    params.put("topic", "topic-out-" + chain);
                }
                nodes.add(new JsonObject()
                        .put("id", chain + "-" + i)
                        .put("op", source ? "source" : sink ? "to" : "mapValues")
                        .put("params", params)
                        .put("inputs", source ? new JsonArray() : new JsonArray().add(chain + "-" + (i - 1)))
                        .put("stores", new JsonArray()));
            }
            subs.add(new JsonObject().put("id", chain).put("nodes", nodes));
        }
        return new JsonObject()
                .put("name", "made-up")
                .put("state", "RUNNING")
                .put("lag", 0)
                .put("tasks", new JsonArray())
                .put("topology", new JsonObject().put("subTopologies", subs));
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
