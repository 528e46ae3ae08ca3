package io.thalweg.streams.processor;

import io.thalweg.client.OutgoingRecord.RecordHeader;
import io.thalweg.streams.store.StateBudgetException;
import io.thalweg.streams.topology.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Which failures a record is to blame for, and what its dead letter says. */
final class DeadLetters {

    private static final int MESSAGE_CHARS_MAX = 1_000;

    private DeadLetters() {}

    /** False for what would fail the next record too. */
    static boolean recordsFault(RuntimeException failure) {
        return !(failure instanceof StateBudgetException);
    }

    static List<RecordHeader> headers(
            List<RecordHeader> headers, String application, TaskId task, String topic, RuntimeException failure) {
        List<RecordHeader> all = new ArrayList<>(headers);
        add(all, "application", application);
        add(all, "task", task.toString());
        add(all, "topic", topic);
        add(all, "exception", failure.getClass().getName());
        String message = String.valueOf(failure.getMessage());
        add(all, "message", message.substring(0, Math.min(message.length(), MESSAGE_CHARS_MAX)));
        return all;
    }

    private static void add(List<RecordHeader> headers, String name, String value) {
        headers.add(new RecordHeader(StreamTask.ERROR_HEADER_PREFIX + name, value.getBytes(StandardCharsets.UTF_8)));
    }
}
