package io.thalweg.cluster.hazelcast;

import static io.thalweg.cluster.hazelcast.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Vert.x shares between the nodes of a cluster, as a verticle may use it, through the locked-down serialization. */
class SharedDataIT {

    /** Enough that keys are kept on either member. */
    private static final int KEYS = 50;

    private static final long TTL_MILLIS = 600_000;

    @Test
    void mapsCountersLocksAndTheEventBusWorkBetweenMembers() {
        TestNode first = TestNode.start(1);
        TestNode second = TestNode.start(2, first);
        try {
            counters(first, second);
            locks(first, second);
            eventBus(first, second);
            maps(first, second);
            first.close();
            // What the first kept moved to the second.
            AsyncMap<String, Buffer> left = map(second);
            assertThat(await(left.size())).isEqualTo(KEYS);
            assertThat(await(left.get("key-1"))).isEqualTo(Buffer.buffer("value-1"));
        } finally {
            second.close();
        }
    }

    private static void counters(TestNode first, TestNode second) {
        for (String name : Set.of("a", "b", "c", "d", "e")) {
            Counter here = await(first.vertx.sharedData().getCounter(name));
            Counter there = await(second.vertx.sharedData().getCounter(name));
            assertThat(await(here.incrementAndGet())).isEqualTo(1);
            assertThat(await(there.addAndGet(5))).isEqualTo(6);
            assertThat(await(here.compareAndSet(6, 7))).isTrue();
            assertThat(await(there.get())).isEqualTo(7);
        }
    }

    private static void locks(TestNode first, TestNode second) {
        Lock held = await(first.vertx.sharedData().getLock("lock"));
        assertThatThrownBy(() -> await(second.vertx.sharedData().getLockWithTimeout("lock", 100)))
                .isNotNull();
        held.release();
        await(second.vertx.sharedData().getLock("lock")).release();
    }

    private static void eventBus(TestNode first, TestNode second) {
        await(second.vertx
                .eventBus()
                .<String>consumer("greeting", message -> message.reply("hello " + message.body()))
                .completion());
        assertThat(await(first.vertx.eventBus().<String>request("greeting", "you"))
                        .body())
                .isEqualTo("hello you");
    }

    private static void maps(TestNode first, TestNode second) {
        AsyncMap<String, Buffer> here = map(first);
        AsyncMap<String, Buffer> there = map(second);
        for (int i = 0; i < KEYS; i++) {
            Buffer value = Buffer.buffer("value-" + i);
            await(i % 2 == 0 ? here.put("key-" + i, value) : there.put("key-" + i, value, TTL_MILLIS));
        }
        assertThat(await(there.get("key-2"))).isEqualTo(Buffer.buffer("value-2"));
        assertThat(await(there.putIfAbsent("key-2", Buffer.buffer("other")))).isEqualTo(Buffer.buffer("value-2"));
        assertThat(await(here.replaceIfPresent("key-3", Buffer.buffer("value-3"), Buffer.buffer("new"))))
                .isTrue();
        assertThat(await(there.replace("key-3", Buffer.buffer("value-3")))).isEqualTo(Buffer.buffer("new"));
        assertThat(await(here.keys())).hasSize(KEYS);
        assertThat(await(there.values())).hasSize(KEYS);
        Map<String, Buffer> entries = await(here.entries());
        assertThat(entries).hasSize(KEYS).containsEntry("key-1", Buffer.buffer("value-1"));
        await(here.put("more", Buffer.buffer("value")));
        assertThat(await(there.removeIfPresent("more", Buffer.buffer("value")))).isTrue();
        assertThat(await(here.remove("more"))).isNull();
    }

    private static AsyncMap<String, Buffer> map(TestNode node) {
        return await(node.vertx.sharedData().<String, Buffer>getClusterWideMap("map"));
    }
}
