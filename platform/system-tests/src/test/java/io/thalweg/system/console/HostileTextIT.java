package io.thalweg.system.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An attacker's text in keys, values, headers, names and addresses is shown, and does nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTextIT {
    private static final String TOPIC = "hostile";

    private BrowsedNode browsed;
    private WatchedPage page;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        browsed = BrowsedNode.in(directory);
        NodeApi api = browsed.api;
        api.createTopic(TOPIC, 1);
        JsonArray records = new JsonArray();
        for (String text : HostileStrings.ALL) {
            JsonObject nested = new JsonObject().put(text, new JsonArray().add(text));
            JsonArray headers =
                    new JsonArray().add(new JsonObject().put("key", text).put("value", text));
            records.add(new JsonObject().put("key", text).put("value", text).put("headers", headers));
            records.add(new JsonObject().put("key", nested).put("value", nested).put("headers", headers));
        }
        api.publish(TOPIC, records);
        page = browsed.page();
    }

    @AfterAll
    void stop() {
        if (page != null) {
            page.close();
        }
        if (browsed != null) {
            browsed.close();
        }
    }

    @Test
    void recordsAreShownAsTextInEveryView() {
        page.visit("/console/topics/" + TOPIC + "?from=earliest");
        Locator rows = page.locator(".record");
        rows.first().waitFor();
        assertThat(rows.first().locator("span").nth(4)).hasText(HostileStrings.ALL.get(0));
        for (int i = 0; i < 2 * HostileStrings.ALL.size(); i++) {
            page.locator(".records-scroll").focus();
            page.page.keyboard().press("ArrowDown");
            assertThat(page.locator(".detail-head h2")).hasText("Partition 0, offset " + i);
            for (String view : List.of("JSON", "Text", "Hex")) {
                page.locator("tw-record-detail .payload")
                        .nth(1)
                        .locator("button", new Locator.LocatorOptions().setHasText(view))
                        .click();
            }
            page.assertNoMisstep("record " + i);
        }
    }

    @Test
    void theyComeInLiveAndAreEditedAndReplayedAsTheyAre() {
        page.visit("/console/topics/" + TOPIC + "?from=0");
        page.locator(".record").first().click();
        page.locator("button", "Edit and replay").click();
        assertThat(page.locator("#publish-value")).hasValue(HostileStrings.ALL.get(0));
        page.locator("button.primary", "Publish").click();
        assertThat(page.locator(".notice.ok")).containsText("Stored in partition 0");
        page.assertNoMisstep("replay");
        page.visit("/console/topics/" + TOPIC + "/live");
        page.assertNoMisstep("live tail");
    }

    @Test
    void namesOfGroupsAreShownAsText() throws Exception {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, browsed.node.kafka()))) {
            for (String text : HostileStrings.ALL) {
                admin.alterConsumerGroupOffsets(
                                text, Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(1, text)))
                        .all()
                        .get(120, TimeUnit.SECONDS);
            }
        }
        page.visit("/console/groups");
        assertThat(page.locator("td.name")).hasCount(HostileStrings.ALL.size());
        assertThat(page.locator("tbody")).containsText(HostileStrings.ALL.get(1));
        page.assertNoMisstep("groups");
        page.visit("/console");
        page.locator(".node.group").first().waitFor();
        page.assertNoMisstep("flow map");
        for (String text : HostileStrings.ALL) {
            page.visit("/console/groups/" + encoded(text));
            page.locator("h1, .empty h2").first().waitFor();
            page.assertNoMisstep("group " + text);
        }
        page.page.keyboard().press("Control+k");
        page.locator(".palette input").fill("script");
        page.locator(".palette li").first().waitFor();
        page.assertNoMisstep("palette");
    }

    @Test
    void addressesAreShownAsText() {
        for (String text : HostileStrings.ALL) {
            for (String section : List.of("", "topics/", "connectors/", "streams/")) {
                page.visit("/console/" + section + encoded(text));
                page.locator("main h2, main .notice").first().waitFor();
                page.assertNoMisstep(section + text);
            }
        }
        page.visit(
                "/console/topics/" + TOPIC + "?q=" + encoded(HostileStrings.ALL.get(2)) + "&from=earliest&field=value");
        assertThat(page.locator(".list-foot")).containsText("That is all");
        assertThat(page.locator(".record")).hasCount(2);
        page.assertNoMisstep("search");
    }

    @Test
    void thirtyStringsAreTried() {
        assertThat(HostileStrings.ALL).hasSize(30).doesNotHaveDuplicates();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
