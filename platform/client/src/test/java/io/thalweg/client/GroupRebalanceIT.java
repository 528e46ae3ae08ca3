package io.thalweg.client;

import static io.thalweg.client.ProducerTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.client.ConsumerConfig.Reset;
import io.thalweg.client.Producer.SendOutcome;
import io.thalweg.testkit.Seeds;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of a group come and go while records are published: each record is given out once, in order. */
final class GroupRebalanceIT {

    private static final int PARTITIONS = 6;

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode(directory);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private static ConsumerConfig config(String group) {
        return new ConsumerConfig(
                group, null, "test", Reset.EARLIEST, IsolationLevel.READ_COMMITTED, 100, 6_000, 50, 4_096, 32 << 10);
    }

    private record Member(Context context, Consumer consumer) {
        Future<Void> close() {
            return consumer.close();
        }
    }

    /** @param seen values by partition, in the order in which any member was given them */
    private Member join(String group, String topic, Map<Integer, List<String>> seen, AtomicInteger total)
            throws Exception {
        Context context = ((VertxInternal) node.vertx).createEventLoopContext();
        Consumer consumer = TestNode.on(context, () -> Future.succeededFuture(node.client.consumer(config(group))));
        consumer.handler(record -> {
            seen.computeIfAbsent(record.partition(), p -> new CopyOnWriteArrayList<>())
                    .add(new String(record.value(), StandardCharsets.UTF_8));
            total.incrementAndGet();
        });
        Member member = new Member(context, consumer);
        TestNode.on(context, () -> consumer.subscribe(Set.of(topic)));
        return member;
    }

    private void until(java.util.function.BooleanSupplier condition) throws Exception {
        Promise<Void> done = Promise.promise();
        long deadline = System.nanoTime() + 60_000_000_000L;
        node.vertx.setPeriodic(5, timer -> {
            if (condition.getAsBoolean()) {
                node.vertx.cancelTimer(timer);
                done.tryComplete();
            } else if (System.nanoTime() > deadline) {
                node.vertx.cancelTimer(timer);
                done.tryFail("condition not met within a minute");
            }
        });
        await(done.future());
    }

    @Seeds(count = 3)
    void membersThatComeAndGoNeitherLoseNorRepeatNorReorderRecords(long seed) throws Exception {
        Random random = new Random(seed);
        String topic = "t" + seed;
        node.create(topic, PARTITIONS);
        Producer producer = node.client.producer(ProducerConfig.defaults());
        Map<Integer, List<String>> seen = new ConcurrentHashMap<>();
        AtomicInteger total = new AtomicInteger();
        List<Member> members = new ArrayList<>();
        members.add(join("g" + seed, topic, seen, total));
        int published = 0;
        Map<Integer, Integer> next = new HashMap<>();
        for (int round = 0; round < 8; round++) {
            List<OutgoingRecord> records = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                int partition = random.nextInt(PARTITIONS);
                String value = "v" + next.merge(partition, 1, Integer::sum);
                records.add(new OutgoingRecord(
                        topic, partition, null, value.getBytes(StandardCharsets.UTF_8), List.of(), -1));
            }
            List<SendOutcome> outcomes = await(producer.send(records));
            assertThat(outcomes).allMatch(outcome -> outcome.failure() == null);
            published += records.size();
            if (members.size() < 3 && (members.size() == 1 || random.nextBoolean())) {
                members.add(join("g" + seed, topic, seen, total));
            } else {
                await(members.remove(random.nextInt(members.size())).close());
            }
        }
        if (members.isEmpty()) {
            members.add(join("g" + seed, topic, seen, total));
        }
        int expected = published;
        until(() -> total.get() >= expected);
        for (Member member : members) {
            await(member.close());
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<String> values = new ArrayList<>();
            for (int i = 1; i <= next.getOrDefault(partition, 0); i++) {
                values.add("v" + i);
            }
            assertThat(seen.get(partition))
                    .as("seed=" + seed + " partition=" + partition)
                    .isEqualTo(values);
        }
    }

    @Test
    void partitionsAreSharedOutAndAddedOnesAreFound() throws Exception {
        node.create("shared", 4);
        Map<Integer, List<String>> seen = new ConcurrentHashMap<>();
        AtomicInteger total = new AtomicInteger();
        Member one = join("g", "shared", seen, total);
        assertThat(one.consumer.assignment()).hasSize(4);
        Member two = join("g", "shared", seen, total);
        until(() -> one.consumer.assignment().size() == 2
                && two.consumer.assignment().size() == 2);
        await(node.broker.api().topics().createPartitions("shared", 6, false));
        until(() -> one.consumer.assignment().size() == 3
                && two.consumer.assignment().size() == 3);
        await(two.close());
        until(() -> one.consumer.assignment().size() == 6);
        await(one.close());
    }

    @Test
    void nobodyIsGivenRecordsOfAPartitionBeforeHearingOfIt() throws Exception {
        for (int round = 0; round < 20; round++) {
            String topic = "news" + round;
            node.create(topic, 2);
            Producer producer = node.client.producer(ProducerConfig.defaults());
            for (int partition = 0; partition < 2; partition++) {
                await(producer.send(new OutgoingRecord(topic, partition, null, new byte[10], List.of(), -1)));
            }
            Context context = ((VertxInternal) node.vertx).createEventLoopContext();
            Consumer consumer = TestNode.on(context, () -> Future.succeededFuture(node.client.consumer(config(topic))));
            List<String> events = new CopyOnWriteArrayList<>();
            consumer.assignmentHandler(change -> change.gained().forEach(gained -> events.add("news")));
            consumer.handler(record -> events.add("record"));
            TestNode.on(context, () -> consumer.subscribe(Set.of(topic)));
            until(() -> events.size() == 4);
            assertThat(events).containsExactly("news", "news", "record", "record");
            await(consumer.close());
        }
    }

    @Test
    void partitionsAreKeptUntilTheirOwnerHasFinishedWithThem() throws Exception {
        node.create("slow", 2);
        Context context = ((VertxInternal) node.vertx).createEventLoopContext();
        Consumer first = TestNode.on(context, () -> Future.succeededFuture(node.client.consumer(config("finish"))));
        Promise<Void> finished = Promise.promise();
        Promise<Set<TopicPartition>> asked = Promise.promise();
        first.revocationHandler(held -> {
            asked.tryComplete(held);
            return finished.future();
        });
        first.handler(record -> {});
        TestNode.on(context, () -> first.subscribe(Set.of("slow")));

        Context other = ((VertxInternal) node.vertx).createEventLoopContext();
        Consumer second = TestNode.on(other, () -> Future.succeededFuture(node.client.consumer(config("finish"))));
        second.handler(record -> {});
        Promise<Void> joined = Promise.promise();
        other.runOnContext(turn -> second.subscribe(Set.of("slow")).onComplete(joined));

        assertThat(await(asked.future())).hasSize(2);
        assertThat(first.assignment()).hasSize(2);
        assertThat(joined.future().isComplete()).isFalse();
        finished.complete();
        await(joined.future());
        until(() -> first.assignment().size() == 1 && second.assignment().size() == 1);
        await(second.close());
        await(first.close());
    }

    @Test
    void aGroupGoesOnWhereItsCommitsEndAndACommitOfALostGenerationIsRefused() throws Exception {
        node.create("c", 1);
        Producer producer = node.client.producer(ProducerConfig.defaults());
        for (int i = 0; i < 10; i++) {
            await(producer.send(OutgoingRecord.of("c", null, ("v" + i).getBytes(StandardCharsets.UTF_8))));
        }
        Context context = ((VertxInternal) node.vertx).createEventLoopContext();
        ConsumerConfig manual = new ConsumerConfig(
                "manual", null, "test", Reset.EARLIEST, IsolationLevel.READ_COMMITTED, 0, 6_000, 50, 4_096, 32 << 10);
        TopicPartition partition = new TopicPartition("c", 0);
        List<Long> offsets = new CopyOnWriteArrayList<>();
        Consumer first = TestNode.on(context, () -> Future.succeededFuture(node.client.consumer(manual)));
        first.handler(record -> offsets.add(record.offset()));
        TestNode.on(context, () -> first.subscribe(Set.of("c")));
        until(() -> offsets.size() == 10);
        await(first.commit(Map.of(partition, 4L)));
        await(first.close());

        offsets.clear();
        Consumer second = TestNode.on(context, () -> Future.succeededFuture(node.client.consumer(manual)));
        second.handler(record -> offsets.add(record.offset()));
        TestNode.on(context, () -> second.subscribe(Set.of("c")));
        until(() -> offsets.size() == 6);
        assertThat(offsets).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
        await(second.commit());
        await(second.close());
        Future<Void> late = second.commit();
        await(late.otherwiseEmpty());
        assertThat(late.failed()).isTrue();
        assertThat(await(node.broker.api().groups().fetchOffsets("manual", null, true))
                        .get(partition)
                        .offset())
                .isEqualTo(10);
    }

    @Test
    void aConsumerReadsWhatWasWrittenLongAgoAndWhatIsWrittenNow() throws Exception {
        node.create("long", 1);
        Producer producer = node.client.producer(ProducerConfig.defaults());
        byte[] value = new byte[10_000];
        List<OutgoingRecord> records = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) { // 20 MB, more than the broker keeps in memory
            records.add(OutgoingRecord.of("long", ("k" + i).getBytes(StandardCharsets.UTF_8), value));
        }
        for (int i = 0; i < 2_000; i += 500) {
            assertThat(await(producer.send(records.subList(i, i + 500)))).allMatch(o -> o.failure() == null);
        }
        Context context = ((VertxInternal) node.vertx).createEventLoopContext();
        Consumer consumer =
                TestNode.on(context, () -> Future.succeededFuture(node.client.consumer(ConsumerConfig.alone())));
        List<String> keys = new CopyOnWriteArrayList<>();
        consumer.handler(record -> keys.add(new String(record.key(), StandardCharsets.UTF_8)));
        TestNode.on(context, () -> consumer.assign(Set.of(new TopicPartition("long", 0))));
        until(() -> keys.size() == 2_000);
        await(producer.send(OutgoingRecord.of("long", "last".getBytes(StandardCharsets.UTF_8), value)));
        until(() -> keys.size() == 2_001);
        for (int i = 0; i < 2_000; i++) {
            assertThat(keys.get(i)).isEqualTo("k" + i);
        }
        assertThat(keys.get(2_000)).isEqualTo("last");
        await(consumer.close());
    }
}
