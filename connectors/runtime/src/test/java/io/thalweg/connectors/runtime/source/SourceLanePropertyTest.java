package io.thalweg.connectors.runtime.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi.ProducerPosition;
import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.SequencedProducer;
import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.runtime.store.StoredPosition;
import io.thalweg.connectors.runtime.task.TaskLimits;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.Seeds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Goal: whatever fails and whenever the task dies, the log ends with every record of a source that repeats itself, once and
 * in order, but for those that it refuses for good. Method: one thread carries out what lanes ask of a log that loses requests,
 * loses answers, refuses batches and (for every second seed) some records, in an order that the seed chooses; lanes are dropped
 * at any step and opened again from what was stored; topics grow. The source is read in stretches, as of files: where one
 * begins is another place each time that it is decided, and the source says where; what is in it repeats itself.
 */
final class SourceLanePropertyTest {

    private static final int RECORDS = 600;
    private static final int STRETCH = 30;
    private static final JsonObject PARTITION = new JsonObject().put("file", "f");

    @Seeds(count = 150)
    void everyRecordIsThereOnceAndInOrderWhateverFails(long seed) {
        World world = new World(seed);
        world.run();
        assertThat(world.failures).as("seed=" + seed).isEmpty();
        List<Integer> all = new ArrayList<>();
        world.log.forEach((partition, values) -> {
            assertThat(values).as("seed=" + seed + " partition=" + partition).isSorted();
            all.addAll(values);
        });
        all.sort(null);
        List<Integer> expected = new ArrayList<>();
        for (int value : world.path) {
            if (!world.refuses(value)) {
                expected.add(value);
            }
        }
        assertThat(all).as("seed=" + seed + " crashes=" + world.crashes).isEqualTo(expected);
    }

    /** Something that was asked for and is not done yet. Those of one key are done in their order. */
    private record Request(String key, int incarnation, Runnable effect, Runnable answer) {}

    private static final class World {
        final Random random;
        final Map<TopicPartition, List<Integer>> log = new HashMap<>();
        final Map<String, Integer> topics = new TreeMap<>(Map.of("a", 2, "b", 1));
        final List<String> failures = new ArrayList<>();
        int crashes;

        private final Map<String, int[]> batches = new HashMap<>();
        private final Map<String, Integer> last = new HashMap<>();
        private final List<Request> requests = new ArrayList<>();
        private @Nullable StoredPosition stored;
        private long nextProducerId = 1;
        private int incarnation;
        private @Nullable SourceLane lane;
        private int next;

        /** What the source handed out, as far as it stands by it: what is behind a stored position it may decide anew. */
        final List<Integer> path = new ArrayList<>();

        /** The source said where the stretch begins, and handed out nothing of it. */
        private boolean begun;

        private boolean opening;
        private boolean delivering;

        private final boolean refusing;

        World(long seed) {
            random = new Random(seed);
            refusing = seed % 2 == 0;
        }

        /** Some stand alone, some next to one another. */
        boolean refuses(int value) {
            return refusing && (value % 23 == 0 || value % 57 < 2);
        }

        void run() {
            for (int step = 0; step < 200_000 && failures.isEmpty(); step++) {
                int choice = random.nextInt(100);
                if (lane == null && !opening) {
                    open();
                } else if (choice < 1 && crashes < 12) {
                    crash();
                } else if (choice < 2
                        && topics.values().stream().mapToInt(i -> i).sum() < 8) {
                    topics.merge(random.nextBoolean() ? "a" : "b", 1, Integer::sum);
                } else if (choice < 8 && lane != null) {
                    lane.commit();
                } else if (choice < 30 && lane != null && !delivering && next < RECORDS) {
                    deliver();
                } else if (!requests.isEmpty()) {
                    carryOut();
                } else if (lane != null && !delivering && next == RECORDS && !lane.dirty()) {
                    return;
                }
            }
            failures.add("did not come to an end: next=" + next + " requests=" + requests.size());
        }

        private void open() {
            int of = ++incarnation;
            SourceLane opened = new SourceLane(new Host(of), limits(), true);
            opening = true;
            opened.open(PARTITION).onComplete(outcome -> {
                if (of != incarnation) {
                    return;
                }
                opening = false;
                if (outcome.failed()) {
                    crash();
                    return;
                }
                lane = opened;
                JsonObject offset = stored == null ? null : stored.offset();
                next = offset == null ? 0 : offset.getInteger("next");
                begun = offset != null && offset.getBoolean("begun");
                path.subList(offset == null ? 0 : offset.getInteger("handed"), path.size())
                        .clear();
            });
        }

        private TaskLimits limits() {
            return new TaskLimits(1 << 20, 1_000, 200, 1_000, 1_000, Long.MAX_VALUE / 4);
        }

        /** The batches differ each time; the records do not. */
        private void deliver() {
            boolean begins = next % STRETCH == 0 && !begun;
            if (begins) {
                next += random.nextInt(STRETCH);
            }
            begun = begins;
            int end = (next / STRETCH + 1) * STRETCH;
            deliver(begins ? next : Math.min(end, next + 1 + random.nextInt(40)));
        }

        private void deliver(int until) {
            int of = incarnation;
            List<SourceRecord> records = new ArrayList<>();
            for (int i = next; i < until; i++) {
                records.add(new SourceRecord(
                        i % 3 == 0 ? "b" : "a", -1, i % 5 == 0 ? null : "k" + i % 7, i, List.of(), -1));
                path.add(i);
            }
            next = until;
            delivering = true;
            java.util.Objects.requireNonNull(lane)
                    .deliver(
                            new SourceBatch(
                                    PARTITION,
                                    new JsonObject()
                                            .put("next", until)
                                            .put("handed", path.size())
                                            .put("begun", begun),
                                    records),
                            World::convert)
                    .onComplete(outcome -> {
                        if (of == incarnation) {
                            delivering = false;
                            if (outcome.failed()) {
                                crash();
                            }
                        }
                    });
        }

        private static OutgoingRecord convert(SourceRecord record) {
            byte[] key = record.key() == null ? null : record.key().toString().getBytes(StandardCharsets.UTF_8);
            return new OutgoingRecord(
                    record.topic(),
                    -1,
                    key,
                    String.valueOf(record.value()).getBytes(StandardCharsets.UTF_8),
                    List.of(),
                    -1);
        }

        /** Some of what was asked for still happens; nobody hears of it. */
        private void crash() {
            crashes++;
            incarnation++;
            int stillHappen = requests.isEmpty() ? 0 : random.nextInt(requests.size() + 1);
            for (int i = 0; i < stillHappen; i++) {
                requests.get(i).effect().run();
            }
            requests.clear();
            lane = null;
            opening = false;
            delivering = false;
        }

        private void carryOut() {
            List<Request> ready = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            for (Request request : requests) {
                if (request.key().isEmpty() || seen.add(request.key())) {
                    ready.add(request);
                }
            }
            Request chosen = ready.get(random.nextInt(ready.size()));
            requests.remove(chosen);
            chosen.effect().run();
            if (chosen.incarnation() == incarnation) {
                chosen.answer().run();
            }
        }

        private <T> Future<T> ask(String key, int of, java.util.function.Supplier<T> effect) {
            Promise<T> promise = Promise.promise();
            if (of != incarnation) {
                return promise.future(); // the dead ask nothing
            }
            int fault = random.nextInt(100);
            Object[] outcome = new Object[1];
            requests.add(new Request(
                    key,
                    of,
                    () -> {
                        if (fault < 6) {
                            outcome[0] = new ThalwegException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "lost before");
                            return;
                        }
                        try {
                            outcome[0] = effect.get();
                        } catch (ThalwegException refused) {
                            outcome[0] = refused;
                        }
                        if (fault < 12) {
                            outcome[0] = new ThalwegException(ErrorCode.REQUEST_TIMED_OUT, "lost behind");
                        }
                    },
                    () -> {
                        if (outcome[0] instanceof ThalwegException failure) {
                            promise.fail(failure);
                        } else {
                            @SuppressWarnings("unchecked")
                            T result = (T) outcome[0];
                            promise.complete(result);
                        }
                    }));
            return promise.future();
        }

        private Long append(TopicPartition partition, long producerId, int first, List<OutgoingRecord> records) {
            if (records.stream().anyMatch(record -> refuses(value(record)))
                    || (records.size() > 1 && random.nextInt(40) == 0)) {
                throw new ThalwegException(ErrorCode.MESSAGE_TOO_LARGE, "split it");
            }
            String key = partition + " " + producerId;
            Integer before = last.get(key);
            int[] batch = batches.get(key);
            if (batch != null && batch[0] == first && batch[1] == records.size()) {
                return 0L;
            }
            if (before != null && first != before + 1) {
                throw new ThalwegException(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "gap");
            }
            batches.put(key, new int[] {first, records.size()});
            last.put(key, first + records.size() - 1);
            List<Integer> values = log.computeIfAbsent(partition, name -> new ArrayList<>());
            records.forEach(record -> values.add(value(record)));
            return 0L;
        }

        private static int value(OutgoingRecord record) {
            return Integer.parseInt(new String(record.value(), StandardCharsets.UTF_8));
        }

        private final class Host implements LaneHost {
            private final int of;

            Host(int of) {
                this.of = of;
            }

            @Override
            public Future<SequencedProducer> producer(long producerId) {
                long id = producerId >= 0 ? producerId : nextProducerId++;
                return Future.succeededFuture(new SequencedProducer() {
                    @Override
                    public long producerId() {
                        return id;
                    }

                    @Override
                    public Future<Integer> lastSequence(TopicPartition partition) {
                        return ask("", of, () -> last.getOrDefault(partition + " " + id, -1));
                    }

                    @Override
                    public Future<ProducerPosition> position(TopicPartition partition) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public Future<Long> append(TopicPartition partition, int first, List<OutgoingRecord> records) {
                        return ask(partition.toString(), of, () -> World.this.append(partition, id, first, records));
                    }
                });
            }

            @Override
            public int partitionCount(String topic) {
                return topics.get(topic);
            }

            @Override
            public Future<Integer> createTopic(String topic) {
                return Future.succeededFuture(topics.get(topic));
            }

            @Override
            public @Nullable StoredPosition stored(JsonObject partition) {
                return stored;
            }

            @Override
            public Future<Void> store(JsonObject partition, StoredPosition position) {
                return ask("store", of, () -> {
                    stored = position;
                    return null;
                });
            }

            @Override
            public void schedule(long delayMillis, Runnable task) {
                requests.add(new Request("", of, () -> {}, task));
            }

            @Override
            public long nowMillis() {
                return 0;
            }

            @Override
            public void onSettled(int records, long bytes, boolean published) {
                if (of == incarnation && lane != null) {
                    lane.onSettled();
                }
            }

            @Override
            public boolean tolerates(OutgoingRecord record, Throwable refusal) {
                return refuses(value(record));
            }

            @Override
            public void onResumed(OutgoingRecord record) {}

            @Override
            public void fail(Throwable cause) {
                if (ThalwegException.codeOf(cause).retriable()) {
                    crash(); // a position that could not be stored: the task is started again
                } else {
                    failures.add(cause.toString());
                }
            }
        }
    }
}
