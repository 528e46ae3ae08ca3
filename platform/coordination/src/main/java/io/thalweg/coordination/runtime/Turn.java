package io.thalweg.coordination.runtime;

import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import io.thalweg.log.error.ThalwegException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of a shard: the time it happens at, and the effects it leaves. Valid only during the step. */
public final class Turn {

    private final long wallMillis;
    private final long nowNanos;
    private final List<CoordinatorRecord> records = new ArrayList<>();
    private final List<Answer<?>> answers = new ArrayList<>();
    private final List<TimerChange> timerChanges = new ArrayList<>();

    public Turn(long wallMillis, long nowNanos) {
        this.wallMillis = wallMillis;
        this.nowNanos = nowNanos;
    }

    /** Names moments in records; never measures durations. */
    public long wallMillis() {
        return wallMillis;
    }

    /** Monotonic; compare by subtraction. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Persists a change that the state already has. */
    public void append(CoordinatorRecord record) {
        records.add(record);
    }

    /** Answers once everything appended up to now is committed. */
    public <T> void reply(Reply<T> reply, T value) {
        reply.give();
        answers.add(new Answer<>(reply, value, null));
    }

    /** Answers an operation that has no result. */
    public void done(Reply<Void> reply) {
        reply.give();
        answers.add(new Answer<>(reply, null, null));
    }

    /** Answers with a failure, also not before what it may have seen is committed. */
    public void fail(Reply<?> reply, ThalwegException failure) {
        reply.give();
        answers.add(new Answer<>(reply, null, failure));
    }

    /** Starts the timer of this key, or starts it anew. */
    public void schedule(Object timer, long delayMillis) {
        timerChanges.add(new TimerChange(timer, Math.max(0, delayMillis)));
    }

    /** Stops the timer of this key, if it runs. */
    public void cancel(Object timer) {
        timerChanges.add(new TimerChange(timer, TimerChange.CANCEL));
    }

    public List<CoordinatorRecord> records() {
        return records;
    }

    List<Answer<?>> answers() {
        return answers;
    }

    public List<TimerChange> timerChanges() {
        return timerChanges;
    }

    boolean isEmpty() {
        return records.isEmpty() && answers.isEmpty() && timerChanges.isEmpty();
    }

    /** Releases the answers at once; for tests that run a shard without a runtime. */
    public void releaseAnswers() {
        answers.forEach(Answer::release);
        answers.clear();
    }

    /** @param delayMillis {@link #CANCEL} to stop the timer */
    public record TimerChange(Object timer, long delayMillis) {
        public static final long CANCEL = -1;
    }

    /** A decided answer. */
    record Answer<T>(
            Reply<T> reply, @Nullable T value, @Nullable ThalwegException failure) {
        void release() {
            if (failure == null) {
                reply.promise().tryComplete(value);
            } else {
                reply.promise().tryFail(failure);
            }
        }
    }
}
