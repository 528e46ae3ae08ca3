package io.thalweg.system.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.system.history.History;
import io.thalweg.system.history.HistoryChecker;
import io.thalweg.system.history.HistoryChecker.Verdict;
import io.thalweg.system.node.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The wall clock of a node jumps an hour ahead, half an hour back, and to and fro by 200 ms (scenario 29), under load and
 * with a group member whose session must not notice. The clock is shifted by a small library in front of the C library,
 * compiled here; monotonic time stays right, as on a machine whose clock is set.
 */
@Timeout(180)
class ClockJumpFaultIT {
    private static final String TOPIC = "orders";
    private static final int PARTITIONS = 2;
    /** Far more than this process is ever kept from sending a heartbeat. */
    private static final int SESSION_MILLIS = 20_000;

    private static final Path COMPILER = Path.of("/usr/bin/gcc");
    private static final String SHIM = """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <stdlib.h>
            #include <sys/mman.h>
            #include <sys/syscall.h>
            #include <sys/time.h>
            #include <time.h>
            #include <unistd.h>
            static volatile long *shift_millis;
            __attribute__((constructor)) static void open_shift(void) {
              int fd = open(getenv("CLOCK_SHIFT_FILE"), O_RDONLY);
              void *at = mmap(0, 8, PROT_READ, MAP_SHARED, fd, 0);
              close(fd);
              shift_millis = at == MAP_FAILED ? 0 : at;
            }
            static void shift(struct timespec *t) {
              long millis = shift_millis ? *shift_millis : 0;
              long nanos = t->tv_nsec + (millis % 1000) * 1000000L;
              t->tv_sec += millis / 1000 + (nanos < 0 ? -1 : nanos / 1000000000L);
              t->tv_nsec = nanos < 0 ? nanos + 1000000000L : nanos % 1000000000L;
            }
            int clock_gettime(clockid_t id, struct timespec *t) {
              int r = syscall(SYS_clock_gettime, id, t);
              if (r == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) shift(t);
              return r;
            }
            int gettimeofday(struct timeval *v, void *zone) {
              struct timespec t;
              (void) zone;
              clock_gettime(CLOCK_REALTIME, &t);
              v->tv_sec = t.tv_sec;
              v->tv_usec = t.tv_nsec / 1000;
              return 0;
            }
            """;

    @TempDir
    Path directory;

    @Test
    void jumpsOfTheWallClockLoseNothingAndExpireNobody() throws Exception {
        assumeTrue(Files.exists(COMPILER), "needs gcc to shift the node's clock: skipped");
        Path shift = directory.resolve("shift");
        setShift(shift, 0);
        Path library = compile();
        History history = new History();
        AtomicInteger revocations = new AtomicInteger();
        try (NodeProcess node = NodeProcess.in(directory)
                .withWrapper("/usr/bin/env", "LD_PRELOAD=" + library, "CLOCK_SHIFT_FILE=" + shift)
                .withOptions("--set", "log.maintenanceIntervalMillis=500")) {
            node.start();
            Topics.create(node, TOPIC, PARTITIONS);
            AtomicBoolean running = new AtomicBoolean(true);
            AtomicLong consumed = new AtomicLong();
            Thread member = new Thread(() -> consume(node, running, consumed, revocations), "member");
            member.start();
            try (ProducerLoad load = new ProducerLoad(history, node.kafka(), TOPIC, PARTITIONS, 500)) {
                awaitProgress(load, consumed);
                for (long jump : List.of(3_600_000L, -1_800_000L, 0L)) {
                    setShift(shift, jump);
                    long before = System.currentTimeMillis() + jump;
                    assertThat(nodeClock(node))
                            .as("the clock did jump by %d ms", jump)
                            .isBetween(before - 1_000, System.currentTimeMillis() + jump + 1_000);
                    awaitProgress(load, consumed);
                    if (jump > 0) {
                        outlastTheSession(load, consumed);
                    }
                }
                for (int strobe = 0; strobe < 40; strobe++) {
                    setShift(shift, strobe % 2 == 0 ? 200 : -200);
                    load.awaitAcknowledged(500);
                }
                setShift(shift, 0);
                awaitProgress(load, consumed);
            }
            assertThat(revocations)
                    .as("the member was never put out of its group")
                    .hasValue(0);
            running.set(false);
            member.join();
            CompleteRead.into(history, node.kafka(), TOPIC, PARTITIONS);
            assertThat(node.stop()).isZero();
        }
        Verdict verdict = HistoryChecker.check(history);
        System.out.printf("clock jumps: acknowledged=%d unknown=%d%n", verdict.acknowledged(), verdict.unknown());
        assertThat(verdict.valid()).as("verdict=%s", verdict).isTrue();
    }

    /** Both the producers and the member get on. */
    private static void awaitProgress(ProducerLoad load, AtomicLong consumed) throws InterruptedException {
        long seen = consumed.get();
        do {
            load.awaitAcknowledged(200);
        } while (consumed.get() == seen);
    }

    /** A session that was measured by the wall clock would have ended by then. */
    private static void outlastTheSession(ProducerLoad load, AtomicLong consumed) throws InterruptedException {
        long until = System.nanoTime() + (SESSION_MILLIS + 1_000) * 1_000_000L;
        while (System.nanoTime() < until) {
            awaitProgress(load, consumed);
        }
    }

    private static void consume(
            NodeProcess node, AtomicBoolean running, AtomicLong consumed, AtomicInteger revocations) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers",
                node.kafka(),
                "group.id",
                "members",
                "auto.offset.reset",
                "earliest",
                "session.timeout.ms",
                SESSION_MILLIS,
                "heartbeat.interval.ms",
                1_000));
        try (KafkaConsumer<byte[], Long> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new LongDeserializer())) {
            consumer.subscribe(List.of(TOPIC), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    if (running.get()) {
                        revocations.incrementAndGet();
                    }
                }

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    // Where it begins does not matter here.
                }
            });
            while (running.get()) {
                consumed.addAndGet(consumer.poll(Duration.ofMillis(200)).count());
            }
        }
    }

    /** The time that the node gives a record which brings none. */
    private static long nodeClock(NodeProcess node) throws Exception {
        HttpRequest publish = HttpRequest.newBuilder(URI.create(node.http() + "/v1/topics/clock/records"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("now"))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(publish, HttpResponse.BodyHandlers.ofString())
                .body();
        return new JsonObject(answer).getJsonArray("offsets").getJsonObject(0).getLong("timestamp");
    }

    private Path compile() throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("shift.c"), SHIM);
        Path library = directory.resolve("shift.so");
        Process compiler = new ProcessBuilder(
                        COMPILER.toString(), "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).as("gcc").isZero();
        return library;
    }

    /** In place: the node has the file mapped. */
    private static void setShift(Path file, long millis) throws IOException {
        byte[] bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putLong(millis)
                .array();
        try (RandomAccessFile mapped = new RandomAccessFile(file.toFile(), "rw")) {
            mapped.write(bytes);
        }
    }
}
