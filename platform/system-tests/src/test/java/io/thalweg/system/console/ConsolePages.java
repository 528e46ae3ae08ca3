package io.thalweg.system.console;

import com.microsoft.playwright.Locator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What there is to look at: addresses, and what a person opens, types or runs into there. */
final class ConsolePages {
    private ConsolePages() {}

    /**
     * @param name of its pictures
     * @param then until what is to be seen is there
     */
    record Shown(String name, String path, Consumer<WatchedPage> then) {
        Shown(String name, String path) {
            this(name, path, page -> {});
        }
    }

    /** Of a {@link ShownNode}. */
    static List<Shown> full() {
        List<Shown> pages = new ArrayList<>();
        pages.add(new Shown(
                "flow", "/console", page -> page.locator(".node.stream").first().waitFor()));
        pages.add(new Shown(
                "flow-filtered",
                "/console?q=orders",
                page -> page.locator(".node").first().waitFor()));
        pages.add(new Shown(
                "flow-internal",
                "/console?internal=true",
                page -> page.locator(".node").first().waitFor()));
        pages.addAll(topics());
        pages.addAll(groups());
        pages.addAll(connectors());
        pages.addAll(streams());
        pages.add(new Shown("verticles", "/console/verticles"));
        pages.add(new Shown(
                "cluster",
                "/console/cluster",
                page -> page.locator(".sparkline path").first().waitFor()));
        pages.add(new Shown("palette", "/console/topics", page -> {
            page.page.keyboard().press("Control+k");
            page.locator(".palette input").fill("o");
            page.locator(".palette li").nth(3).waitFor();
        }));
        pages.add(new Shown("absent-topic", "/console/topics/absent"));
        pages.add(new Shown("absent-page", "/console/absent"));
        pages.add(new Shown("unreachable", "/console/topics", page -> {
            page.locator(".connection.online").waitFor();
            page.page.context().setOffline(true);
            page.locator(".notice.error").first().waitFor();
        }));
        return pages;
    }

    private static List<Shown> topics() {
        return List.of(
                new Shown("topics", "/console/topics"),
                new Shown("topics-filtered-out", "/console/topics?q=zzz"),
                new Shown(
                        "topics-new",
                        "/console/topics?new=true",
                        page -> page.locator("#topic-name").fill("not allowed!")),
                new Shown("topic-messages", "/console/topics/orders", ConsolePages::records),
                new Shown("topic-message", "/console/topics/orders?from=earliest", chosen(0)),
                new Shown("topic-hostile", "/console/topics/hostile?from=earliest", chosen(1)),
                new Shown("topic-binary", "/console/topics/hostile?from=30", chosen(0)),
                new Shown(
                        "topic-search",
                        "/console/topics/orders?from=earliest&q=A-17&field=value",
                        ConsolePages::records),
                new Shown("topic-search-nothing", "/console/topics/orders?q=nowhere"),
                new Shown("topic-long-name", "/console/topics/" + ShownNode.LONG_TOPIC),
                new Shown("topic-live", "/console/topics/clicks/live", ConsolePages::records),
                new Shown("topic-publish", "/console/topics/orders/publish", page -> {
                    page.locator("[aria-label='Key is'] button", "Text").click();
                    page.locator("#publish-key").fill("customer-7");
                    page.locator("#publish-value").fill("{\"orderId\": 4711,");
                    page.locator("button", "Add a header").click();
                }),
                new Shown("topic-partitions", "/console/topics/orders/partitions"),
                new Shown(
                        "topic-readers",
                        "/console/topics/orders/groups",
                        page -> page.locator("td.name").first().waitFor()),
                new Shown("topic-settings", "/console/topics/orders/configs", page -> {
                    page.locator("button[aria-label='Change retention.ms']").click();
                    page.locator("#config-form input").fill("abc");
                    page.locator("button", "Save").click();
                    page.locator(".notice.error").waitFor();
                }),
                new Shown("topic-delete", "/console/topics/orders", page -> {
                    page.locator("button[aria-label='Delete topic']").click();
                    page.locator("#confirm-name").fill("order");
                }));
    }

    private static List<Shown> groups() {
        return List.of(
                new Shown(
                        "groups",
                        "/console/groups",
                        page -> page.locator("td.name").nth(5).waitFor()),
                new Shown("group-lagging", "/console/groups/billing"),
                new Shown("group-members", "/console/groups/fulfilment"),
                new Shown("group-reset", "/console/groups/billing", page -> {
                    page.locator("button", "Move offsets").click();
                    page.locator("input[value='shift']").check();
                    page.locator("#reset-value").fill("-5");
                }),
                new Shown("group-reset-preview", "/console/groups/billing", page -> {
                    page.locator("button", "Move offsets").click();
                    page.locator("button", "Compare").click();
                    page.locator(".reset-changes").waitFor();
                }));
    }

    private static List<Shown> connectors() {
        return List.of(
                new Shown("connectors", "/console/connectors"),
                new Shown(
                        "connectors-new",
                        "/console/connectors?new=true",
                        page -> page.locator(".plugin").first().waitFor()),
                new Shown("connector-form", "/console/connectors?new=true", page -> {
                    page.locator(".plugin", "file-source").first().click();
                    page.locator("fieldset.group").first().waitFor();
                }),
                new Shown(
                        "connector-running",
                        "/console/connectors/flights",
                        page -> page.locator(".page-head", "/s").waitFor()),
                new Shown("connector-failed", "/console/connectors/payments-import"),
                new Shown("connector-paused", "/console/connectors/clicks-archive"),
                new Shown("connector-offsets", "/console/connectors/flights/offsets"),
                new Shown(
                        "connector-config",
                        "/console/connectors/flights/config",
                        page -> page.locator("fieldset.group").first().waitFor()),
                new Shown("connector-json", "/console/connectors/flights/config", page -> {
                    page.locator("button", "JSON").click();
                    page.locator("#connector-json").fill("{ \"topic\": ");
                }));
    }

    private static List<Shown> streams() {
        String delays = "/console/streams/airport-delays-by-hour";
        return List.of(
                new Shown("streams", "/console/streams"),
                new Shown(
                        "stream", delays, page -> page.locator(".node").first().waitFor()),
                new Shown("stream-operator", delays, page -> {
                    Locator store = page.locator("button.node.store").first();
                    store.waitFor();
                    store.click();
                    page.locator(".record-detail").waitFor();
                }),
                new Shown("stream-tasks", delays + "/tasks"),
                new Shown("stream-store", delays + "/stores", page -> {
                    page.locator("button", "Look up").click();
                    page.locator("tbody tr").first().waitFor();
                }),
                new Shown("stream-failed", "/console/streams/orders-by-customer/tasks"));
    }

    /** Of a node on which nothing was done yet, but for an empty topic. */
    static List<Shown> empty() {
        return List.of(
                new Shown("empty-topics", "/console/topics"),
                new Shown("empty-groups", "/console/groups"),
                new Shown("empty-connectors", "/console/connectors"),
                new Shown("empty-streams", "/console/streams"),
                new Shown("empty-verticles", "/console/verticles"),
                new Shown("empty-flow", "/console"));
    }

    /** Of a topic without records. */
    static List<Shown> emptyTopic() {
        return List.of(
                new Shown("empty-topic-messages", "/console/topics/nothing"),
                new Shown("empty-topic-live", "/console/topics/nothing/live"),
                new Shown("empty-topic-readers", "/console/topics/nothing/groups"));
    }

    private static void records(WatchedPage page) {
        page.locator(".record").first().waitFor();
    }

    private static Consumer<WatchedPage> chosen(int index) {
        return page -> {
            page.locator(".record").nth(index).click();
            page.locator("tw-record-detail .code").first().waitFor();
        };
    }
}
