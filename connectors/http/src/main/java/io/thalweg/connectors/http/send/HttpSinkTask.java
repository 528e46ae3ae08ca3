package io.thalweg.connectors.http.send;

import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTask;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.api.TopicPartition;
import io.thalweg.connectors.http.egress.EgressClient;
import io.thalweg.connectors.http.egress.EgressRequest;
import io.thalweg.connectors.http.egress.HostResolver;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends records to a URL. Never blocks. */
public final class HttpSinkTask implements SinkTask {

    private final Function<Vertx, HostResolver> resolvers;

    private @Nullable SinkTaskContext context;
    private @Nullable HttpSinkConfig config;
    private @Nullable RequestWriter writer;
    private @Nullable EgressClient client;
    private @Nullable Delivery delivery;

    /** Records of a put that failed, which were taken all the same; empty after a put that succeeded. */
    private final Map<TopicPartition, Set<Long>> taken = new HashMap<>();

    public HttpSinkTask() {
        this(HostResolver::system);
    }

    /** With names resolved otherwise. */
    public HttpSinkTask(Function<Vertx, HostResolver> resolvers) {
        this.resolvers = resolvers;
    }

    @Override
    public Future<Void> start(SinkTaskContext given) {
        try {
            HttpSinkConfig read = HttpSinkConfig.of(given.config());
            EgressClient made =
                    new EgressClient(given.vertx(), given.policy(), resolvers.apply(given.vertx()), read.inFlightMax());
            context = given;
            config = read;
            writer = new RequestWriter(read);
            client = made;
            delivery = new Delivery(given.vertx(), made, read, given.connectorName());
            return Future.succeededFuture();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public Future<Void> put(List<SinkRecord> records) {
        HttpSinkConfig settings = config();
        Map<Object, Lane> lanes = new LinkedHashMap<>();
        int number = 0;
        for (SinkRecord record : records) {
            Set<Long> offsets = taken.get(record.topicPartition());
            if (offsets == null || !offsets.contains(record.offset())) {
                lanes.computeIfAbsent(lane(record, number++, settings), name -> new Lane())
                        .add(record);
            }
        }
        Put put = new Put(new ArrayDeque<>(lanes.values()));
        for (int i = 0; i < settings.inFlightMax(); i++) {
            put.next();
        }
        return put.promise.future().onSuccess(done -> taken.clear());
    }

    private static Object lane(SinkRecord record, int number, HttpSinkConfig settings) {
        return switch (settings.ordering()) {
            case PARTITION -> record.topicPartition();
            case KEY -> keyLane(record.key(), number, settings.inFlightMax());
            case NONE -> number / settings.batchRecords();
        };
    }

    /** Records without a key have no order among each other. */
    private static int keyLane(@Nullable Object key, int number, int lanes) {
        int hash = key == null ? number : key instanceof byte[] bytes ? Arrays.hashCode(bytes) : key.hashCode();
        return Math.floorMod(hash, lanes);
    }

    /** One call of {@link #put}. */
    private final class Put {
        private final Promise<Void> promise = Promise.promise();
        private final ArrayDeque<Lane> waiting;
        private int sending;
        private @Nullable Throwable failure;

        Put(ArrayDeque<Lane> lanes) {
            this.waiting = lanes;
        }

        /** Begins the next lane, or ends the put with the last one. */
        void next() {
            Lane lane = failure == null ? waiting.poll() : null;
            while (lane != null && run(lane, false)) {
                lane = failure == null ? waiting.poll() : null;
            }
            if (lane == null && sending == 0) {
                if (failure == null) {
                    promise.tryComplete();
                } else {
                    promise.tryFail(failure);
                }
            }
        }

        /**
         * Sends what is left of a lane, one request after the other. In a loop: a chain of futures would be as long as the lane.
         *
         * @param begun whether it is among those that are being sent
         * @return whether it came to its end at once; else {@link #next} is called when it does
         */
        private boolean run(Lane lane, boolean begun) {
            while (!lane.isEmpty() && failure == null) {
                Future<Void> sent = send(lane);
                if (!sent.isComplete()) {
                    sending += begun ? 0 : 1;
                    sent.onComplete(outcome -> {
                        onSent(outcome);
                        if (run(lane, true)) {
                            sending--;
                            next();
                        }
                    });
                    return false;
                }
                onSent(sent);
            }
            return true;
        }

        private void onSent(AsyncResult<Void> sent) {
            if (sent.failed() && failure == null) {
                failure = sent.cause();
            }
        }

        private Future<Void> send(Lane lane) {
            List<SinkRecord> records = lane.next(config().batchRecords(), config().batchBytes());
            return request(records).transform(sent -> {
                if (sent.succeeded()) {
                    onTaken(lane, records);
                    return Future.succeededFuture();
                }
                return sent.cause() instanceof UnsendableRecordException refused
                        ? onRefused(lane, records, refused)
                        : Future.<Void>failedFuture(sent.cause());
            });
        }

        private Future<Void> request(List<SinkRecord> records) {
            EgressRequest request;
            try {
                request = Objects.requireNonNull(writer).write(records);
            } catch (UnsendableRecordException e) {
                return Future.failedFuture(e);
            }
            return Objects.requireNonNull(delivery).send(request);
        }

        /** Of several, each is sent alone, so that only those that are meant are refused. */
        private Future<Void> onRefused(Lane lane, List<SinkRecord> records, UnsendableRecordException cause) {
            if (records.size() > 1) {
                lane.apart(records.size());
                return Future.succeededFuture();
            }
            return context().refuse(records.get(0), cause).onSuccess(done -> onTaken(lane, records));
        }

        private void onTaken(Lane lane, List<SinkRecord> records) {
            lane.taken(records.size());
            for (SinkRecord record : records) {
                taken.computeIfAbsent(record.topicPartition(), partition -> new HashSet<>())
                        .add(record.offset());
            }
        }
    }

    @Override
    public Future<Void> stop() {
        if (delivery != null) {
            delivery.close();
        }
        return client == null ? Future.succeededFuture() : client.close();
    }

    private HttpSinkConfig config() {
        return Objects.requireNonNull(config, "not started");
    }

    private SinkTaskContext context() {
        return Objects.requireNonNull(context, "not started");
    }
}
