package io.thalweg.launcher.demo;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** A client of the TCP event-bus bridge protocol, from outside of the node's own Vert.x. */
final class EventBusDoor implements DemoDoor {

    private static final int REQUESTS_IN_FLIGHT = 64;
    private static final int CREDITS = 2_000;

    private final Vertx vertx;
    private final int port;

    /** @param vertx not the node's */
    EventBusDoor(Vertx vertx, int port) {
        this.vertx = vertx;
        this.port = port;
    }

    @Override
    public String name() {
        return "Event bus (TCP)";
    }

    @Override
    public PublishReport publish(String topic, List<Flight> flights) throws Exception {
        Latencies latencies = new Latencies();
        return waiting(() -> connect().compose(bridge -> {
            long start = System.nanoTime();
            Promise<PublishReport> done = Promise.promise();
            new Publishing(bridge, topic, flights, latencies, done, start).fill();
            return done.future().eventually(bridge::close);
        }));
    }

    @Override
    public ReadReport read(String topic, String group, int count) throws Exception {
        return waiting(() -> connect().compose(bridge -> {
            ReadProgress progress = new ReadProgress(name(), count);
            Promise<ReadReport> done = Promise.promise();
            return bridge.request(
                            "subscribe." + topic,
                            new JsonObject()
                                    .put("group", group)
                                    .put("from", "earliest")
                                    .put("credits", CREDITS))
                    .compose(subscription -> {
                        String id = subscription.getString("id");
                        int[] sinceGrant = {0};
                        bridge.register(subscription.getString("address"), body -> {
                            for (JsonObject record : records(body)) {
                                sinceGrant[0]++;
                                if (HttpDoor.add(progress, record)) {
                                    done.tryComplete(progress.report());
                                }
                            }
                            if (!progress.done() && sinceGrant[0] >= CREDITS / 2) {
                                bridge.send("credit." + id, new JsonObject().put("credits", sinceGrant[0]));
                                sinceGrant[0] = 0;
                            }
                        });
                        return done.future()
                                .compose(report -> bridge.request("unsubscribe." + id, new JsonObject())
                                        .map(report));
                    })
                    .eventually(bridge::close);
        }));
    }

    /** Runs on a context of this client and blocks for what it gives. */
    private <T> T waiting(Callable<Future<T>> work) throws Exception {
        Promise<T> result = Promise.promise();
        Context context = vertx.getOrCreateContext();
        context.runOnContext(now -> {
            try {
                work.call().onComplete(result);
            } catch (Exception e) {
                result.tryFail(e);
            }
        });
        return result.future().toCompletionStage().toCompletableFuture().get();
    }

    private Future<TcpBridge> connect() {
        return vertx.createNetClient().connect(port, "127.0.0.1").map((NetSocket socket) -> new TcpBridge(socket));
    }

    private static List<JsonObject> records(JsonObject body) {
        JsonArray several = body.getJsonArray("records");
        if (several == null) {
            return List.of(body);
        }
        List<JsonObject> records = new ArrayList<>();
        for (int i = 0; i < several.size(); i++) {
            records.add(several.getJsonObject(i));
        }
        return records;
    }

    /** Keeps a bounded number of requests under way until all are answered. Confined to the connection's context. */
    private final class Publishing {
        private final TcpBridge bridge;
        private final String topic;
        private final List<Flight> flights;
        private final Latencies latencies;
        private final Promise<PublishReport> done;
        private final long startNanos;
        private int sent;
        private int answered;

        Publishing(
                TcpBridge bridge,
                String topic,
                List<Flight> flights,
                Latencies latencies,
                Promise<PublishReport> done,
                long startNanos) {
            this.bridge = bridge;
            this.topic = topic;
            this.flights = flights;
            this.latencies = latencies;
            this.done = done;
            this.startNanos = startNanos;
        }

        void fill() {
            while (sent < flights.size() && sent - answered < REQUESTS_IN_FLIGHT) {
                Flight flight = flights.get(sent++);
                long sentNanos = System.nanoTime();
                bridge.request(
                                "produce." + topic,
                                new JsonObject().put("key", flight.origin()).put("value", flight.toJson()))
                        .onComplete(answer -> {
                            latencies.add(System.nanoTime() - sentNanos);
                            if (answer.failed()) {
                                done.tryFail(answer.cause());
                            } else {
                                answered++;
                                onAnswer();
                            }
                        });
            }
        }

        private void onAnswer() {
            if (answered < flights.size()) {
                fill();
                return;
            }
            done.tryComplete(new PublishReport(
                    name(),
                    answered,
                    1,
                    (System.nanoTime() - startNanos) / 1e9,
                    latencies.percentileMillis(0.5),
                    latencies.percentileMillis(0.99)));
        }
    }
}
