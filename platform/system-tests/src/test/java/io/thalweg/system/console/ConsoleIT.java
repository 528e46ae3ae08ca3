package io.thalweg.system.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a person does in the console does to the node what it says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleIT {
    /** More digits than a double holds: they must survive being read, shown, edited and replayed. */
    private static final String LONG_NUMBER = "{\"id\":12345678901234567890,\"b\":1.10}";

    private BrowsedNode browsed;
    private NodeApi api;
    private WatchedPage page;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        browsed = BrowsedNode.in(directory);
        api = browsed.api;
    }

    @AfterAll
    void stop() {
        if (browsed != null) {
            browsed.close();
        }
    }

    @BeforeEach
    void openPage() {
        page = browsed.page();
    }

    @AfterEach
    void closePage() {
        page.assertNoMisstep("end of test");
        page.close();
    }

    @Test
    void aTopicIsCreatedChangedAndDeletedByName() throws Exception {
        page.visit("/console/topics");
        button("New topic").first().click();
        page.locator("#topic-name").fill("not allowed!");
        assertThat(page.locator("#topic-name-hint")).containsText("Letters, digits");
        assertThat(button("Create topic")).isDisabled();
        page.locator("#topic-name").fill("made-here");
        page.locator("#topic-partitions").fill("3");
        button("Create topic").click();
        assertThat(page.page).hasURL(Pattern.compile(".*/console/topics/made-here$"));
        assertThat(page.locator("main")).containsText("3 partitions");

        page.visit("/console/topics/made-here/configs");
        page.locator("button[aria-label='Change retention.ms']").click();
        page.locator("#config-form input").fill("abc");
        button("Save").click();
        assertThat(page.locator(".notice.error")).isVisible();
        page.locator("#config-form input").fill("3600000");
        button("Save").click();
        assertThat(page.locator("main")).containsText("3600000");
        assertThat(api.send("GET", "/v1/topics/made-here", "").body()).contains("\"value\":\"3600000\"");

        page.locator("button[aria-label='Delete topic']").click();
        assertThat(button("Delete topic").last()).isDisabled();
        page.locator("#confirm-name").fill("made-here");
        button("Delete topic").last().click();
        assertThat(page.page).hasURL(Pattern.compile(".*/console/topics$"));
        assertThat(api.send("GET", "/v1/topics/made-here", "").statusCode()).isEqualTo(404);
    }

    @Test
    void aRecordIsPublishedFoundEditedAndReplayedWithEveryDigit() throws Exception {
        api.createTopic("replayed", 2);
        page.visit("/console/topics/replayed/publish");
        page.locator("[aria-label='Key is'] button", "Text").click();
        page.locator("#publish-key").fill("a key");
        page.locator("#publish-value").fill("{\"id\":");
        assertThat(button("Publish").last()).isDisabled();
        page.locator("#publish-value").fill(LONG_NUMBER);
        button("Add a header").click();
        page.locator("[aria-label='Header name']").fill("trace");
        page.locator("[aria-label='Header value']").fill("t-1");
        page.locator("#publish-partition").selectOption("1");
        page.locator("form button.primary").click();
        assertThat(page.locator(".notice.ok")).containsText("Stored in partition 1 at offset 0");
        page.locator(".notice.ok a").click();
        page.locator(".record").first().click();
        assertThat(page.locator("tw-record-detail")).containsText("12345678901234567890");
        assertThat(page.locator("tw-record-detail")).containsText("t-1");
        button("Edit and replay").click();
        assertThat(page.locator("#publish-value")).hasValue(LONG_NUMBER);
        page.locator("form button.primary").click();
        assertThat(page.locator(".notice.ok")).containsText("Stored in partition 1 at offset 1");

        String stored = api.send("GET", "/v1/topics/replayed/records?partition=1&from=1", "")
                .body();
        assertThat(stored).contains("\"value\":" + LONG_NUMBER, "\"key\":\"a key\"", "\"key\":\"trace\"");
    }

    @Test
    void whatIsExportedCanBePublishedAgain() throws Exception {
        api.createTopic("exported", 1);
        JsonArray records = new JsonArray()
                .add(new JsonObject().put("key", "k").put("value", new JsonObject().put("n", 1)))
                .add(new JsonObject().put("key", (Object) null).put("value", "text \"quoted\" \n"))
                .add(new JsonObject().put("value", "AAECAwT/").put("valueType", "base64"))
                .add(new JsonObject().put("key", "gone").putNull("value"));
        api.publish("exported", records);
        page.visit("/console/topics/exported?from=earliest");
        assertThat(page.locator(".record")).hasCount(4);
        Download download = page.page.waitForDownload(() -> button("Export").click());
        assertThat(download.suggestedFilename()).isEqualTo("exported.ndjson");
        List<String> lines = Files.readAllLines(download.path());
        assertThat(lines).hasSize(4);
        api.createTopic("imported", 1);
        String body = "{\"records\":[" + String.join(",", lines) + "]}";
        assertThat(api.send("POST", "/v1/topics/imported/records", body).statusCode())
                .isEqualTo(200);
        assertThat(withoutTimes(
                        api.send("GET", "/v1/topics/imported/records", "").body()))
                .isEqualTo(withoutTimes(
                        api.send("GET", "/v1/topics/exported/records", "").body()));
    }

    private static List<Object> withoutTimes(String answer) {
        return new JsonObject(answer)
                .getJsonArray("records").stream()
                        .map(record -> ((JsonObject) record).copy())
                        .map(record -> {
                            record.remove("timestamp");
                            return (Object) record;
                        })
                        .toList();
    }

    @Test
    void offsetsAreMovedOnlyAfterTheDifferenceWasShown() throws Exception {
        api.createTopic("moved", 1);
        JsonArray records = new JsonArray();
        for (int i = 0; i < 10; i++) {
            records.add(new JsonObject().put("value", i));
        }
        api.publish("moved", records);
        TopicPartition partition = new TopicPartition("moved", 0);
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, browsed.node.kafka()))) {
            admin.alterConsumerGroupOffsets("readers", Map.of(partition, new OffsetAndMetadata(8)))
                    .all()
                    .get(120, TimeUnit.SECONDS);
        }
        page.visit("/console/groups/readers");
        button("Move offsets").click();
        page.locator("input[value='shift']").check();
        page.locator("#reset-value").fill("-5");
        button("Compare").click();
        assertThat(page.locator(".reset-changes")).containsText("−5");
        assertThat(committed()).isEqualTo(8);
        page.locator("dialog button.danger").click();
        assertThat(page.locator("dialog .notice.ok")).containsText("1 partition were moved");
        assertThat(committed()).isEqualTo(3);
    }

    private long committed() throws Exception {
        return new JsonObject(api.send("GET", "/v1/groups/readers", "").body())
                .getJsonArray("offsets")
                .getJsonObject(0)
                .getLong("committedOffset");
    }

    @Test
    void theKeyboardAloneLeadsEverywhere() throws Exception {
        api.createTopic("by-keyboard", 1);
        page.visit("/console");
        page.page.keyboard().press("Control+k");
        page.locator(".palette input").waitFor();
        page.page.keyboard().type("by-key");
        assertThat(page.locator(".palette li")).hasCount(1);
        page.page.keyboard().press("Enter");
        assertThat(page.page).hasURL(Pattern.compile(".*/console/topics/by-keyboard$"));
        // Not goBack(): the browser's process, which it asks, may not have heard of the page's pushState yet.
        page.page.evaluate("() => history.back()");
        assertThat(page.page).hasURL(Pattern.compile(".*/console$"));
        page.visit("/console");
        page.page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
    }

    @Test
    void aDialogThatWasCancelledOpensAgainAndGivesTheFocusBack() throws Exception {
        api.createTopic("kept", 1);
        page.visit("/console/topics/kept");
        Locator delete = page.locator("button[aria-label='Delete topic']");
        for (int i = 0; i < 2; i++) {
            delete.focus();
            page.page.keyboard().press("Enter");
            page.locator("#confirm-name").waitFor();
            button("Cancel").click();
            assertThat(page.locator("dialog")).hasCount(0);
            assertThat(delete).isFocused();
        }
        page.visit("/console/topics");
        button("New topic").first().click();
        button("Cancel").click();
        assertThat(page.locator("dialog")).hasCount(0);
        assertThat(button("New topic").first()).isFocused();
    }

    /** What a page shows must still be there when the page has gone. */
    @Test
    void leavingAPageChangesNothing() throws Exception {
        api.createTopic("left", 1);
        JsonObject config = new JsonObject()
                .put("connector.class", "generate")
                .put("topic", "left")
                .put("count", "1");
        NodeApi.expect(
                201,
                api.send(
                        "POST",
                        "/connect/connectors",
                        new JsonObject().put("name", "left").put("config", config)));
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, browsed.node.kafka()))) {
            admin.alterConsumerGroupOffsets("left", Map.of(new TopicPartition("left", 0), new OffsetAndMetadata(0)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        List<String> changes = new ArrayList<>();
        page.page.onRequest(request -> {
            if (!request.method().equals("GET")) {
                changes.add(request.method() + " " + request.url());
            }
        });
        for (String thing : List.of("topics", "groups", "connectors")) {
            page.visit("/console/" + thing + "/left");
            page.locator("h1", "left").waitFor();
            page.locator(".nav a", "Cluster").click();
            page.locator("h1", "Cluster").waitFor();
            page.page.evaluate("() => history.back()");
            page.locator("h1", "left").waitFor();
            page.locator(".nav a", "Flow").click();
            page.locator(".node").first().waitFor();
        }
        assertThat(changes).isEmpty();
        for (String path : List.of("/v1/topics/left", "/v1/groups/left", "/connect/connectors/left")) {
            assertThat(api.send("GET", path, "").statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void recordsAreReadWithTheKeyboard() throws Exception {
        api.createTopic("read-by-keyboard", 1);
        JsonArray records = new JsonArray();
        for (int i = 0; i < 100; i++) {
            records.add(new JsonObject().put("value", "value " + i));
        }
        api.publish("read-by-keyboard", records);
        page.visit("/console/topics/read-by-keyboard?from=earliest");
        Locator list = page.locator(".records-scroll");
        assertThat(page.locator(".record").first()).isVisible(); // the list is there before its records are
        list.focus();
        page.page.keyboard().press("ArrowDown");
        assertThat(page.locator(".detail-head h2")).hasText("Partition 0, offset 0");
        page.page.keyboard().press("End");
        assertThat(page.locator(".detail-head h2")).hasText("Partition 0, offset 99");
        assertThat(page.locator("#" + list.getAttribute("aria-activedescendant")))
                .containsText("value 99");
        page.page.keyboard().press("Escape");
        assertThat(page.locator("tw-record-detail")).hasCount(0);
        assertThat(list).isFocused();
    }

    @Test
    void theNodeFiltersRecordsByAnExpressionAndByKey() throws Exception {
        api.createTopic("delays", 2);
        JsonArray records = new JsonArray();
        for (int i = 0; i < 1_000; i++) {
            records.add(new JsonObject()
                    .put("key", i % 2 == 0 ? "SFO" : "JFK")
                    .put("value", new JsonObject().put("delay", i)));
        }
        api.publish("delays", records);
        page.visit("/console/topics/delays");
        page.locator("select[name=field]").selectOption("filter");
        page.locator("input[name=q]").fill("value/delay >= 996 and key == \"SFO\"");
        page.locator("input[name=q]").press("Enter");
        assertThat(page.locator(".list-foot")).containsText("2 records of 1,000 searched");
        assertThat(page.locator(".list-foot")).containsText("That is all");
        assertThat(page.locator(".record").first()).containsText("{\"delay\":998}");
        page.locator("input[name=q]").fill("value/delay near 3");
        page.locator("input[name=q]").press("Enter");
        assertThat(page.locator(".notice.error")).containsText("expected an operator");
        page.visit("/console/topics/delays?q=JFK&field=key");
        assertThat(page.locator(".list-foot")).containsText("500 records of 1,000 searched");
    }

    @Test
    void whoFollowsALinkIsTakenAlongAndBeginsAtTheTop() throws Exception {
        for (int i = 0; i < 40; i++) {
            api.createTopic("followed-" + i, 1);
        }
        page.visit("/console/topics?q=followed");
        Locator last = page.locator("td.name a").last();
        last.scrollIntoViewIfNeeded();
        last.focus();
        page.page.keyboard().press("Enter");
        page.locator(".tabs").waitFor();
        assertThat(page.locator("#main")).isFocused();
        assertThat(page.page.evaluate("document.querySelector('#main').scrollTop"))
                .isEqualTo(0);
        // A filter is part of the address, and so of the way back.
        page.page.evaluate("() => history.back()");
        assertThat(page.locator("input[aria-label='Filter topics by name']")).hasValue("followed");
    }

    @Test
    void aDeletionThatFailedIsSaidAndMayBeTriedAgain() throws Exception {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, browsed.node.kafka()))) {
            api.createTopic("busy", 1);
            admin.alterConsumerGroupOffsets("gone", Map.of(new TopicPartition("busy", 0), new OffsetAndMetadata(0)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            page.visit("/console/groups/gone");
            page.locator("button[aria-label='Delete group']").click();
            admin.deleteConsumerGroups(List.of("gone")).all().get(20, TimeUnit.SECONDS);
        }
        page.locator("#confirm-name").fill("gone");
        button("Delete group").last().click();
        assertThat(page.locator("dialog .notice.error")).isVisible();
        assertThat(button("Delete group").last()).isEnabled();
    }

    /** Where a line is full, and not after its "at": a frame is told by its method. The connector is made up. */
    @Test
    void aFrameOfAStackTraceBeginsOnTheLineOfItsAt() {
        String trace = "java.lang.IllegalStateException: the file is not there\n" + "\tat org.acme."
                + "connectors.".repeat(8) + "Reader.read(Reader.java:1)\n";
        JsonObject task = new JsonObject().put("id", 0).put("state", "FAILED").put("trace", trace);
        JsonObject status = new JsonObject()
                .put("type", "source")
                .put("connector", new JsonObject().put("state", "RUNNING"))
                .put("tasks", new JsonArray().add(task));
        page.page.setViewportSize(360, 740);
        page.page.route(
                "**/connect/connectors/made-up/status",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(status.encode())));
        page.visit("/console/connectors/made-up");
        assertThat(page.locator(".code .frame")).hasCount(1);
        assertThat(page.locator("pre.code")).hasText(trace.strip());
        assertThat(page.page.evaluate("""
                (() => {
                  const walker = document.createTreeWalker(document.querySelector('.code .frame'), NodeFilter.SHOW_TEXT);
                  while (!walker.nextNode().data.includes('at '));
                  const line = (at) => {
                    const letter = document.createRange();
                    letter.setStart(walker.currentNode, at);
                    letter.setEnd(walker.currentNode, at + 1);
                    return letter.getBoundingClientRect().top;
                  };
                  const at = walker.currentNode.data.indexOf('at ');
                  return line(at) === line(at + 3);
                })()
                """)).isEqualTo(true);
    }

    @Test
    void aNodeThatGoesAwayIsSaidAndComesBackByItself() throws Exception {
        try (WatchedPage other = browsed.page()) {
            other.visit("/console/topics");
            other.locator(".connection.online").waitFor();
            other.page.context().setOffline(true);
            other.locator(".connection.waiting").waitFor();
            other.page.context().setOffline(false);
            other.locator(".connection.online").waitFor();
        }
    }

    private Locator button(String text) {
        return page.locator("button", text);
    }
}
