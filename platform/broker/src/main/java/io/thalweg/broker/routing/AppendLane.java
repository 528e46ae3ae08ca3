package io.thalweg.broker.routing;

import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.storage.UndecidedAppendException;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.BatchHeader;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Appends to one partition, wherever its leader is, in the order in which they were handed in: what comes behind one that must be
 * sent again waits for it, and nothing is sent to a new leader while something is under way to the one before. Guarded by its own
 * monitor; any thread.
 */
final class AppendLane {

    /** An append that is not decided yet. */
    private static final class Pending {
        final long sequence;
        final AppendRequest request;
        final Promise<AppendResult> promise;
        final long deadlineNanos;

        Pending(long sequence, AppendRequest request, Promise<AppendResult> promise, long deadlineNanos) {
            this.sequence = sequence;
            this.request = request;
            this.promise = promise;
            this.deadlineNanos = deadlineNanos;
        }

        /** A producer with an identity may send it again, whatever became of it: it is not appended twice. */
        boolean isIdempotent() {
            ByteBuffer records = request.records();
            return records.remaining() >= BatchHeader.BYTES
                    && BatchHeader.producerId(records, records.position()) != BatchHeader.NO_PRODUCER_ID;
        }
    }

    private final Router router;
    private final PriorityQueue<Pending> waiting =
            new PriorityQueue<>(Comparator.comparingLong((Pending pending) -> pending.sequence));
    private long sequences;
    private int target = -1;
    private int underWay;
    /** Some must be sent again: one at a time until that is over. */
    private boolean again;

    private boolean sleeping;
    private boolean pumping;
    private boolean pumpAgain;
    /** Callers that have found this lane and not handed their append in yet. */
    private int entering;

    AppendLane(Router router) {
        this.router = router;
    }

    synchronized boolean isIdle() {
        return underWay == 0 && entering == 0 && waiting.isEmpty();
    }

    /** Before {@link #append}, so that the lane is not let go in between. */
    synchronized AppendLane enter() {
        entering++;
        return this;
    }

    void append(AppendRequest request, Promise<AppendResult> promise) {
        synchronized (this) {
            entering--;
            waiting.add(new Pending(
                    sequences++, request, promise, router.deadlineNanos(Math.max(1, request.timeoutMillis()))));
        }
        pump();
    }

    /** What fails at once comes back here while it is sent: then there is another turn, not another frame on the stack. */
    private void pump() {
        synchronized (this) {
            if (pumping) {
                pumpAgain = true;
                return;
            }
            pumping = true;
        }
        boolean more = true;
        while (more) {
            turn();
            synchronized (this) {
                more = pumpAgain;
                pumpAgain = false;
                pumping = more;
            }
        }
    }

    private void turn() {
        List<Runnable> outside = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && !sleeping && (!again || underWay == 0)) {
                Pending next = waiting.peek();
                int leader;
                try {
                    leader = router.leader(next.request.partition());
                } catch (ThalwegException unknown) {
                    waiting.poll();
                    outside.add(() -> next.promise.fail(unknown));
                    continue;
                }
                if (underWay > 0 && leader != target) {
                    break;
                }
                if (leader < 0) {
                    if (!router.isOver(next.deadlineNanos)) {
                        sleep();
                        break;
                    }
                    waiting.poll();
                    ThalwegException nobody = Router.nobodyLeads(next.request.partition());
                    outside.add(() -> next.promise.fail(nobody));
                    continue;
                }
                waiting.poll();
                target = leader;
                underWay++;
                send(next, leader);
            }
            if (waiting.isEmpty() && underWay == 0) {
                again = false;
            }
        }
        outside.forEach(Runnable::run);
    }

    private void sleep() {
        sleeping = true;
        router.later().onComplete(woken -> {
            synchronized (this) {
                sleeping = false;
            }
            pump();
        });
    }

    private void send(Pending pending, int leader) {
        Future<AppendResult> sent = leader == router.self
                ? router.local.append(pending.request)
                : router.call(
                        leader,
                        Call.APPEND,
                        RecordCalls.encode(pending.request),
                        // The leader's own time-out comes first.
                        Math.min(router.callMillisMax(), pending.request.timeoutMillis() + 5_000L),
                        RecordCalls::appendResult);
        sent.onComplete(result -> onAnswer(pending, result));
    }

    private void onAnswer(Pending pending, AsyncResult<AppendResult> result) {
        boolean retry = result.failed() && mayBeSentAgain(pending, result.cause());
        synchronized (this) {
            underWay--;
            if (retry) {
                again = true;
                waiting.add(pending);
                if (!sleeping) {
                    sleep();
                }
            }
        }
        if (!retry) {
            if (result.succeeded()) {
                pending.promise.complete(result.result());
            } else {
                pending.promise.fail(toCaller(result.cause()));
            }
        }
        pump();
    }

    private boolean mayBeSentAgain(Pending pending, Throwable failure) {
        if (router.isOver(pending.deadlineNanos)) {
            return false;
        }
        ErrorCode why = ThalwegException.codeOf(failure);
        boolean notAppended = why == ErrorCode.NOT_LEADER_OR_FOLLOWER && !(failure instanceof UndecidedAppendException);
        boolean perhaps = failure instanceof UndecidedAppendException || why == ErrorCode.NETWORK_EXCEPTION;
        return notAppended || (perhaps && pending.isIdempotent());
    }

    /** A client that sees this code would take it that nothing was appended. */
    private static Throwable toCaller(Throwable failure) {
        return failure instanceof UndecidedAppendException
                ? new ThalwegException(ErrorCode.REQUEST_TIMED_OUT, String.valueOf(failure.getMessage()), failure)
                : failure;
    }
}
