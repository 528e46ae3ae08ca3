package io.thalweg.system.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.thalweg.system.node.NodeProcess;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
                Sending sending = publish(node.kafka(), page.page);
                page.page.waitForFunction(COUNTED, SENT);
                Object longest = page.page.evaluate("Math.max(...window.gaps)");
                Object frames = page.page.evaluate("window.gaps.length");
                System.out.printf(
                        "live tail: %d records given to the producer in %.1f s, stored in %.1f s (load average %.1f),"
                                + " shown=%s not shown=%s, frames=%s, longest frame gap=%s ms%n",
                        SENT,
                        sending.givenSeconds,
                        sending.storedSeconds,
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
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

    /** What was there before must not come again, and what came while nobody was connected must not be missing. */
    @Test
    void aTailGoesOnWhereItWasWhenTheNodeComesBack() throws Exception {
        try (Browser browser = Browser.open();
                NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            new NodeApi(node.http()).createTopic(TOPIC, 3);
            for (int partition = 0; partition < 3; partition++) {
                sendTo(node.kafka(), partition, 5);
            }
            try (WatchedPage page = browser.page(node.http())) {
                page.visit("/console/topics/" + TOPIC + "/live");
                assertThat(page.locator(".tail-subscribed")).hasCount(1);
                sendTo(node.kafka(), 0, 1);
                assertThat(page.locator(".tail-shown")).hasText("1");

                node.kill();
                page.locator(".connection.waiting").waitFor();
                node.start();
                sendTo(node.kafka(), 0, 2);
                sendTo(node.kafka(), 1, 4);
                page.locator(".connection.online").waitFor();
                assertThat(page.locator(".tail-shown")).hasText("7");
                sendTo(node.kafka(), 2, 1);
                assertThat(page.locator(".tail-shown")).hasText("8");
                assertThat(page.locator(".tail-not-shown")).hasText("0");
            }
        }
    }

    @Test
    void leavingAPageEndsItsTailAndItsQuestions() throws Exception {
        try (Browser browser = Browser.open();
                NodeProcess node = NodeProcess.in(directory)) {
            node.start();
            new NodeApi(node.http()).createTopic(TOPIC, 1);
            try (WatchedPage page = browser.page(node.http())) {
                AtomicInteger asked = new AtomicInteger();
                AtomicInteger rounds = new AtomicInteger();
                page.page.onRequest(request -> {
                    asked.addAndGet(request.url().contains("/v1/topics/" + TOPIC) ? 1 : 0);
                    rounds.addAndGet(request.url().endsWith("/metrics") ? 1 : 0);
                });
                page.visit("/console/topics/" + TOPIC + "/live");
                assertThat(page.locator(".tail-subscribed")).hasCount(1);
                assertThat(streamsOpen(node)).isEqualTo(1);
                page.locator(".nav a", "Cluster").click();
                page.locator("h1", "Cluster").waitFor();
                page.page.waitForCondition(() -> streamsOpen(node) == 0);
                int before = asked.get();
                int from = rounds.get();
                // Three rounds of the page that is shown now; the one that was left would have asked too.
                page.page.waitForCondition(() -> rounds.get() >= from + 3);
                assertThat(asked.get()).isEqualTo(before);
            }
        }
    }

    private static int streamsOpen(NodeProcess node) {
        try {
            return new NodeApi(node.http())
                    .send("GET", "/metrics", "")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("thalweg_door_streams_open"))
                    .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sendTo(String kafka, int partition, int count) {
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            for (int i = 0; i < count; i++) {
                Future<RecordMetadata> unused =
                        producer.send(new ProducerRecord<>(TOPIC, partition, "key", "value " + i));
            }
            producer.flush();
        }
    }

    /**
     * Both from the beginning. On a machine that does nothing else, the first is what the rate says.
     *
     * @param givenSeconds until the producer had taken all
     * @param storedSeconds until all were acknowledged
     */
    private record Sending(double givenSeconds, double storedSeconds) {}

    /** At an even rate. The page's events are served meanwhile. */
    private static Sending publish(String kafka, Page page) throws Exception {
        ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            AtomicInteger sent = new AtomicInteger();
            AtomicLong given = new AtomicLong();
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
                        if (sent.get() == SENT) {
                            given.compareAndSet(0, System.nanoTime());
                        }
                    },
                    0,
                    TICK_MILLIS,
                    TimeUnit.MILLISECONDS);
            page.waitForCondition(() -> given.get() != 0);
            sending.cancel(false);
            producer.flush();
            return new Sending((given.get() - began) / 1e9, (System.nanoTime() - began) / 1e9);
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
