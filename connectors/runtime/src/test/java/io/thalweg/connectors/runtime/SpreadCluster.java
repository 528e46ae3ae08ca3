package io.thalweg.connectors.runtime;

import io.thalweg.client.LocalClient;
import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.ThalwegClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One log that several nodes share, each of which can be paused. */
public final class SpreadCluster {

    private static final int LOOK_MILLIS = 20;

    private final RuntimeNode node;

    public SpreadCluster(Path directory) throws Exception {
        node = new RuntimeNode(directory);
    }

    public Vertx vertx() {
        return node.vertx;
    }

    public FreezableBroker broker() {
        return new FreezableBroker(node.vertx, node.broker.api());
    }

    public ThalwegClient client(FreezableBroker broker) {
        return LocalClient.create(node.vertx, broker.api());
    }

    public void create(String topic, int partitions) throws Exception {
        node.create(topic, partitions);
    }

    /** What a test waits for. */
    public interface Condition {
        boolean holds() throws Exception;
    }

    /** Asks again and again: what is waited for is no record. */
    public void until(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("not within a minute: " + what);
            }
            Promise<Void> later = Promise.promise();
            node.vertx.setTimer(LOOK_MILLIS, due -> later.complete());
            await(later.future());
        }
    }

    public Follower follow(String topic) throws Exception {
        return node.follow(topic);
    }

    public List<String> values(String topic) throws Exception {
        long size = node.size(topic);
        return node.follow(topic).until(records -> records.size() >= size).stream()
                .map(SpreadCluster::value)
                .toList();
    }

    public static String value(ReceivedRecord record) {
        return new JsonArray("[" + new String(record.value(), StandardCharsets.UTF_8) + "]").getString(0);
    }

    public <T> T await(Future<T> future) throws Exception {
        return RuntimeNode.await(future);
    }

    public void close() throws Exception {
        node.close();
    }
}
