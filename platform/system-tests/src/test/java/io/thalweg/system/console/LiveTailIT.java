package io.thalweg.system.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.thalweg.system.node.NodeProcess;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tail at 20,000 records a second: every record is shown or counted, and the tab goes on answering. */
class LiveTailIT {
    private static final String TOPIC = "fast";
    private static final int PER_TICK = 1_000;
    private static final long TICK_MILLIS = 50;
    private static final int SENT = 100_000;

    /** Measures in the page how long it was unable to draw. */
    private static final String MEASURE = """
            window.gaps = []; let last = performance.now();
            const frame = (now) => { window.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
            requestAnimationFrame(frame);
            """;

    private static final String COUNTED = """
            (sent) => {
              const of = (name) => Number(document.querySelector(name)?.dataset.count ?? 0);
              return of('.tail-shown') + of('.tail-not-shown') === sent;
            }
            """;

    @TempDir
    Path directory;

    @Test
    void whatIsShownAndWhatIsNotShownAddUpToWhatWasSent() throws Exception {
        try (Browser browser = Browser.open();
                NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            new NodeApi(node.http()).createTopic(TOPIC, 4);
            try (WatchedPage page = browser.page(node.http())) {
                page.visit("/console/topics/" + TOPIC + "/live");
                assertThat(page.locator(".tail-subscribed")).hasCount(1);
                page.page.evaluate("() => {" + MEASURE + "}");
                double seconds = publish(node.kafka(), page.page);
                page.page.waitForFunction(COUNTED, SENT);
                Object longest = page.page.evaluate("Math.max(...window.gaps)");
                Object frames = page.page.evaluate("window.gaps.length");
                System.out.printf(
                        "live tail: %d records in %.1f s, shown=%s not shown=%s, frames=%s, longest frame gap=%s ms%n",
                        SENT,
                        seconds,
                        page.locator(".tail-shown").getAttribute("data-count"),
                        page.locator(".tail-not-shown").getAttribute("data-count"),
                        frames,
                        longest);
                assertThat(Long.parseLong(page.locator(".tail-shown").getAttribute("data-count")))
                        .isPositive();
                page.locator(".record").first().click();
                page.locator("tw-record-detail .code").first().waitFor();
                page.assertNoMisstep("live tail");
            }
        }
    }

    @Test
    void whatArrivesWhilePausedIsCounted() throws Exception {
        try (Browser browser = Browser.open();
                NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            new NodeApi(node.http()).createTopic(TOPIC, 1);
            try (WatchedPage page = browser.page(node.http())) {
                page.visit("/console/topics/" + TOPIC + "/live");
                assertThat(page.locator(".tail-subscribed")).hasCount(1);
                page.locator(".tail-status button").first().click();
                assertThat(page.locator(".tail-status button").first()).hasText("Resume");
                send(node.kafka(), 7);
                assertThat(page.locator(".tail-not-shown")).hasText("7");
                assertThat(page.locator(".tail-shown")).hasText("0");
                page.locator(".tail-status button").first().click();
                assertThat(page.locator(".tail-status button").first()).hasText("Pause");
                send(node.kafka(), 3);
                assertThat(page.locator(".tail-shown")).hasText("3");
                assertThat(page.locator(".record")).hasCount(3);
                page.assertNoMisstep("pause");
            }
        }
    }

    /** At an even rate; returns the seconds that it took. The page's events are served meanwhile. */
    private static double publish(String kafka, Page page) throws Exception {
        ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            AtomicInteger sent = new AtomicInteger();
            long began = System.nanoTime();
            ScheduledFuture<?> sending = ticks.scheduleAtFixedRate(
                    () -> {
                        for (int i = 0; i < PER_TICK && sent.get() < SENT; i++) {
                            int n = sent.getAndIncrement();
                            Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(
                                    TOPIC,
                                    "key-" + n % 500,
                                    "{\"n\":" + n + ",\"amount\":12.5,\"text\":\"a record of an ordinary size\"}"));
                        }
                    },
                    0,
                    TICK_MILLIS,
                    TimeUnit.MILLISECONDS);
            page.waitForCondition(() -> sent.get() == SENT);
            sending.cancel(false);
            producer.flush();
            return (System.nanoTime() - began) / 1e9;
        } finally {
            ticks.shutdownNow();
        }
    }

    private static void send(String kafka, int count) {
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            for (int i = 0; i < count; i++) {
                Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(TOPIC, "key", "value " + i));
            }
            producer.flush();
        }
    }

    private static KafkaProducer<String, String> producer(String kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "linger.ms", "5"), new StringSerializer(), new StringSerializer());
    }
}
