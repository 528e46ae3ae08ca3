package io.thalweg.system.history;

import java.util.List;
import java.util.Map;

/** One completed operation of one sequential process, or a change of what it reads. */
public sealed interface HistoryEvent {

    String process();

    /** What is known of an operation. Only a definite refusal before the append is FAIL; a timeout is INFO. */
    enum Outcome {
        OK,
        FAIL,
        INFO
    }

    /** @param offset -1 unless the outcome is OK */
    record Send(String process, String key, long value, long offset, Outcome outcome) implements HistoryEvent {}

    /**
     * @param records by key, in the order received
     * @param complete part of a full read after all faults were healed
     */
    record Poll(String process, Map<String, List<Entry>> records, boolean complete) implements HistoryEvent {}

    /** The process starts reading these keys anew: what it reads next need not follow what it read before. */
    record Assign(String process, List<String> keys) implements HistoryEvent {}

    record Entry(long offset, long value) {}
}
