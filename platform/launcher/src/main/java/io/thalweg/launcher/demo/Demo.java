package io.thalweg.launcher.demo;

import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.launcher.demo.pipeline.DemoPipeline;
import io.thalweg.launcher.demo.pipeline.PipelineResult;
import io.thalweg.launcher.node.DoorPorts;
import io.thalweg.launcher.node.Node;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the pipeline; then publishes the flights, a share through each door, reads all of them back through each door, and
 * compares. One door at a time, so that a figure is that door's own.
 */
public final class Demo {

    private static final int PARTITIONS = 6;
    private static final int PATIENCE_SECONDS = 60;
    private static final int FLIGHTS_MIN = 30;
    private static final int WORST_COUNT = 10;
    private static final int TOPIC_TRIES = 1_000;

    private final Node node;
    private final Path files;

    /** @param files where the pipeline's connectors read and write */
    public Demo(Node node, Path files) {
        this.node = node;
        this.files = files;
    }

    /** Blocks until all is done. Throws {@link DemoFailure} if something did not go as it should. */
    public DemoResult run() throws InterruptedException {
        DemoData data = DemoData.load();
        Vertx clientVertx = Vertx.vertx();
        ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "demo");
            thread.setDaemon(true);
            return thread;
        });
        try {
            PipelineResult pipeline = node.ports().http() == null ? null : new DemoPipeline(node, files).run();
            String topic = createTopic();
            List<DemoDoor> doors = doors(clientVertx);
            List<PublishReport> published = new ArrayList<>();
            List<ReadReport> read = new ArrayList<>();
            for (int i = 0; i < doors.size(); i++) {
                DemoDoor door = doors.get(i);
                List<Flight> share = data.flights()
                        .subList(
                                data.flights().size() * i / doors.size(),
                                data.flights().size() * (i + 1) / doors.size());
                published.add(patiently(worker, door.name() + " publish", () -> door.publish(topic, share)));
            }
            for (DemoDoor door : doors) {
                String group = topic + "-demo-" + read.size();
                read.add(patiently(
                        worker,
                        door.name() + " read",
                        () -> door.read(topic, group, data.flights().size())));
            }
            List<AirportDelay> worst =
                    AirportDelay.worst(read.get(0).seen().flights(), data.airports(), FLIGHTS_MIN, WORST_COUNT);
            DemoResult result = new DemoResult(
                    pipeline, topic, PARTITIONS, data.flights().size(), FLIGHTS_MIN, published, read, worst);
            result.check();
            return result;
        } finally {
            worker.shutdownNow();
            clientVertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private List<DemoDoor> doors(Vertx clientVertx) {
        DoorPorts ports = node.ports();
        List<DemoDoor> doors = new ArrayList<>();
        if (ports.kafka() != null) {
            doors.add(new KafkaDoor(ports.kafka()));
        }
        if (ports.http() != null) {
            doors.add(new HttpDoor(ports.http()));
        }
        if (ports.eventBus() != null) {
            doors.add(new EventBusDoor(clientVertx, ports.eventBus()));
        }
        doors.add(new InProcessDoor(node.vertx(), node.client()));
        return doors;
    }

    /** A topic of its own for each run, so that a data directory of earlier runs keeps what it has. */
    private String createTopic() throws InterruptedException {
        for (int i = 1; i <= TOPIC_TRIES; i++) {
            String name = i == 1 ? "door-flights" : "door-flights-" + i;
            try {
                node.client()
                        .topics()
                        .create(NewTopic.named(name, PARTITIONS), false)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get();
                return name;
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                if (ThalwegException.codeOf(cause) != ErrorCode.TOPIC_ALREADY_EXISTS) {
                    throw new DemoFailure("the topic could not be created: " + cause.getMessage(), cause);
                }
            }
        }
        throw new DemoFailure("door-flights to door-flights-" + TOPIC_TRIES + " exist already; delete some of them");
    }

    private static <T> T patiently(ExecutorService worker, String what, java.util.concurrent.Callable<T> work)
            throws InterruptedException {
        Future<T> result = worker.submit(work);
        try {
            return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new DemoFailure(what + " failed: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            result.cancel(true);
            throw new DemoFailure(what + " was not done after " + PATIENCE_SECONDS + " seconds", e);
        }
    }
}
