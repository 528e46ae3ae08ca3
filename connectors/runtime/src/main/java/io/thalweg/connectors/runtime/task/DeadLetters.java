package io.thalweg.connectors.runtime.task;

import io.thalweg.client.OutgoingRecord;
import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.client.ReceivedRecord;
import io.vertx.core.Future;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a record that cannot be handled: the task fails, or goes on without it. */
public final class DeadLetters {

    private static final Logger LOGGER = LoggerFactory.getLogger(DeadLetters.class);
    private static final String PREFIX = "__connect.errors.";
    private static final int TRACE_CHARS_MAX = 8_000;
    private static final long LOG_MILLIS = 1_000;

    private final TaskSetup setup;
    private long loggedAtMillis = Long.MIN_VALUE / 2;

    public DeadLetters(TaskSetup setup) {
        this.setup = setup;
    }

    /** A record from the log: to the dead-letter topic if there is one. Fails, with {@code cause}, if errors are not tolerated. */
    public Future<Void> refuse(ReceivedRecord record, Stage stage, Throwable cause) {
        setup.metrics().errors.increment();
        log(record.topic(), record.partition(), record.offset(), stage, cause);
        if (!setup.settings().tolerant()) {
            return Future.failedFuture(cause);
        }
        String topic = setup.settings().deadLetterTopic();
        if (topic.isEmpty()) {
            setup.metrics().recordsSkipped.increment();
            return Future.succeededFuture();
        }
        List<RecordHeader> headers = new ArrayList<>(record.headers());
        if (setup.settings().deadLetterHeaders()) {
            addContext(headers, record, stage, cause);
        }
        return setup.producer()
                .send(new OutgoingRecord(topic, -1, record.key(), record.value(), headers, record.timestampMillis()))
                .onSuccess(sent -> {
                    setup.metrics().deadLetters.increment();
                    setup.metrics().recordsSkipped.increment();
                })
                .onFailure(failure -> setup.metrics().deadLetterFailures.increment())
                .mapEmpty();
    }

    /** A record for the log that has no bytes: left out, or the task fails. @return whether errors are tolerated */
    public boolean skip(String topic, Stage stage, Throwable cause) {
        setup.metrics().errors.increment();
        log(topic, -1, -1, stage, cause);
        if (setup.settings().tolerant()) {
            setup.metrics().recordsSkipped.increment();
            return true;
        }
        return false;
    }

    private void addContext(List<RecordHeader> headers, ReceivedRecord record, Stage stage, Throwable cause) {
        add(headers, "topic", record.topic());
        add(headers, "partition", Integer.toString(record.partition()));
        add(headers, "offset", Long.toString(record.offset()));
        add(headers, "connector.name", setup.identity().connector());
        add(headers, "task.id", Integer.toString(setup.identity().index()));
        add(headers, "stage", stage.name());
        add(headers, "class.name", setup.config().getString("connector.class", ""));
        add(headers, "exception.class.name", cause.getClass().getName());
        add(headers, "exception.message", setup.redaction().apply(String.valueOf(cause.getMessage())));
        add(headers, "exception.stacktrace", setup.redaction().apply(trace(cause)));
    }

    private static void add(List<RecordHeader> headers, String name, String value) {
        headers.add(new RecordHeader(PREFIX + name, value.getBytes(StandardCharsets.UTF_8)));
    }

    /** Bounded. */
    public static String trace(Throwable cause) {
        StringWriter text = new StringWriter();
        cause.printStackTrace(new PrintWriter(text));
        String trace = text.toString();
        return trace.length() <= TRACE_CHARS_MAX ? trace : trace.substring(0, TRACE_CHARS_MAX) + "...";
    }

    private void log(String topic, int partition, long offset, Stage stage, Throwable cause) {
        long now = System.nanoTime() / 1_000_000;
        if (!setup.settings().logErrors() || now - loggedAtMillis < LOG_MILLIS) {
            return;
        }
        loggedAtMillis = now;
        LOGGER.atError()
                .addKeyValue("connector", setup.identity().connector())
                .addKeyValue("task", setup.identity().index())
                .addKeyValue("topic", topic)
                .addKeyValue("partition", partition)
                .addKeyValue("offset", offset)
                .addKeyValue("error", setup.redaction().apply(cause.toString()))
                .log(
                        "a record could not be handled: stage={} tolerated={}",
                        stage,
                        setup.settings().tolerant());
    }
}
