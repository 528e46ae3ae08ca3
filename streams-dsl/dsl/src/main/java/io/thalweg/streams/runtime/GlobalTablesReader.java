package io.thalweg.streams.runtime;

import io.thalweg.client.ReceivedRecord;
import io.thalweg.client.consume.PulledPartition;
import io.thalweg.client.consume.PulledPartitions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the global tables: all partitions of their topics from the beginning, then what comes. It is their one writer. Confined
 * to the context that created it.
 */
final class GlobalTablesReader {

    private static final Logger LOGGER = LoggerFactory.getLogger(GlobalTablesReader.class);

    private record Part(PulledPartition partition, long endOffset) {}

    private final ApplicationRun app;
    private final Context context;
    private final PulledPartitions pulled;
    private final TurnBudget budget;
    private final List<Part> parts = new ArrayList<>();
    private final Promise<Void> filled = Promise.promise();
    private final Consumer<Throwable> onFailure;
    private boolean scheduled;
    private boolean closed;

    /** @param onFailure called once, when a table cannot be kept up to date any more */
    GlobalTablesReader(ApplicationRun app, Context context, Consumer<Throwable> onFailure) {
        this.app = app;
        this.context = context;
        this.onFailure = onFailure;
        this.budget = new TurnBudget(app.config().turnRecordsMax(), app.config().turnNanosMax(), System::nanoTime);
        this.pulled = app.client()
                .pull(app.reading(4))
                .handler(news -> schedule())
                .exceptionHandler(problem -> LOGGER.atWarn()
                        .addKeyValue("stream", app.application())
                        .addKeyValue("error", problem.toString())
                        .log("a global table's topic cannot be read now"));
    }

    /** Completes when all that the topics held is in the tables. */
    Future<Void> fill() {
        List<Future<Void>> opened = new ArrayList<>();
        for (String topic : app.globals().topics()) {
            int count = Objects.requireNonNull(app.client().cluster().topic(topic), topic)
                    .partitions()
                    .size();
            for (int i = 0; i < count; i++) {
                opened.add(open(new TopicPartition(topic, i)));
            }
        }
        return Future.all(opened).compose(all -> {
            run();
            return filled.future();
        });
    }

    private Future<Void> open(TopicPartition partition) {
        return pulled.beginning(partition)
                .compose(begin -> pulled.end(partition).map(end -> {
                    parts.add(new Part(pulled.add(partition, begin), end));
                    return null;
                }));
    }

    private void schedule() {
        if (!scheduled && !closed) {
            scheduled = true;
            context.runOnContext(turn -> run());
        }
    }

    private void run() {
        scheduled = false;
        if (closed) {
            return;
        }
        budget.begin();
        boolean full = true;
        try {
            for (Part part : parts) {
                drain(part.partition);
                full &= part.partition.position() >= part.endOffset;
            }
        } catch (RuntimeException failure) {
            // Without the row the joins would be wrong: the application stops rather than go on so.
            filled.tryFail(failure);
            close();
            onFailure.accept(failure);
            return;
        }
        if (budget.spent()) {
            schedule();
        } else if (full) {
            filled.tryComplete();
        }
    }

    private void drain(PulledPartition partition) {
        ReceivedRecord record = partition.peek();
        while (record != null && !budget.spent()) {
            app.globals().process(record.topic(), record.key(), record.value(), Math.max(0, record.timestampMillis()));
            partition.advance();
            budget.onRecord();
            record = partition.peek();
        }
    }

    void close() {
        closed = true;
        pulled.close();
        filled.tryFail("the application was stopped while its global tables were read");
    }
}
