package io.thalweg.streams;

import io.thalweg.streams.topology.TaskId;
import java.time.Duration;
import java.util.function.LongConsumer;

/** What a {@link Processor} is given. Confined to its task: use it only within the processor's own methods and timers. */
public interface ProcessorContext<K, V> {

    TaskId taskId();

    /** Passes a record downstream. */
    void forward(StreamRecord<K, V> record);

    /** One of the states that the operator was declared with. */
    <SK, SV> KeyValueState<SK, SV> state(State<SK, SV> state);

    /**
     * Calls back whenever so much of stream time has passed, at multiples of the interval; the first call comes with the first
     * record. When time jumps over several intervals, one call comes.
     *
     * @param callback is passed stream time
     * @return cancels it
     */
    Runnable everyStreamTime(Duration interval, LongConsumer callback);

    /** As {@link #everyStreamTime}, by the wall clock and for the first time after one interval. */
    Runnable everyWallClock(Duration interval, LongConsumer callback);

    /** The greatest timestamp that the task has seen; -1 before the first record. */
    long streamTimeMillis();

    long wallClockMillis();
}
