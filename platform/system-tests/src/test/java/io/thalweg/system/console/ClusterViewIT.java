package io.thalweg.system.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import io.thalweg.system.cluster.ClusterProcesses;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the cluster says who is away and what lacks a copy, and that all is well again. */
class ClusterViewIT {
    private static final Pattern NONE = Pattern.compile("^0$");
    private static final Pattern SOME = Pattern.compile("^[1-9][0-9,]*$");

    @TempDir
    Path directory;

    @Test
    void aNodeThatIsAwayAndWhatItHeldAreShown() throws Exception {
        try (Browser browser = Browser.open();
                ClusterProcesses cluster = ClusterProcesses.withRoles("broker,console", directory)) {
            cluster.form();
            new NodeApi(cluster.node(1).http()).createTopic("copied", 2);
            cluster.awaitSettled();
            try (WatchedPage page = browser.page(cluster.node(1).http())) {
                page.visit("/console/cluster");
                assertThat(stat(page, "Nodes alive")).hasText("3 of 3");
                assertThat(stat(page, "Under-replicated")).hasText(NONE);
                assertThat(page.locator("table.nodes tbody tr")).hasCount(3);
                assertThat(page.locator(".badge", "Controller")).hasCount(1);
                assertThat(page.locator("h2", "This node: 1")).isVisible();
                assertThat(page.locator("tw-cluster-partitions")).hasCount(0);

                cluster.node(3).kill();
                assertThat(stat(page, "Nodes alive")).hasText("2 of 3");
                assertThat(stat(page, "Under-replicated")).hasText(SOME);
                assertThat(stat(page, "Offline")).hasText(NONE);
                Locator away = page.locator("table.nodes tbody tr").nth(2);
                assertThat(away).containsText("Away");
                Locator copied = page.locator("tw-cluster-partitions tr", "copied/1");
                assertThat(copied).containsText("Under-replicated");
                assertThat(copied).containsText("3 (away)");
                copied.locator("a").click();
                assertThat(page.page).hasURL(Pattern.compile(".*/console/topics/copied/partitions$"));
                page.locator(".nav a", "Cluster").click();

                cluster.node(3).start();
                assertThat(stat(page, "Nodes alive")).hasText("3 of 3");
                assertThat(stat(page, "Under-replicated")).hasText(NONE);
                assertThat(page.locator("table.nodes .badge.error")).hasCount(0);

                JsonObject drain = new JsonObject().put("broker", 2).put("drain", true);
                NodeApi.expect(200, new NodeApi(cluster.node(1).http()).send("POST", "/v1/cluster/drain", drain));
                assertThat(page.locator("table.nodes tbody tr").nth(1)).containsText("Draining");
                page.assertNoMisstep("cluster");
            }
        }
    }

    private static Locator stat(WatchedPage page, String name) {
        return page.locator(".stat", name).locator("dd");
    }
}
