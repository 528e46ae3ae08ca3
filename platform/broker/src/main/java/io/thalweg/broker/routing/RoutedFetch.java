package io.thalweg.broker.routing;

import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One fetch over partitions that several brokers lead. A look asks each of them for what there is; if that is too little, a wait
 * asks each to answer when it has something, and the first that does ends it. What the others answer later is let go: their
 * readers have not moved and ask again. Confined to the caller's context.
 */
final class RoutedFetch {

    /** A broker that leads nobody's partitions now is looked for so long before the reader is told. */
    private static final long LEADER_WAIT_MILLIS = 3_000;

    private static final long ANSWER_MARGIN_MILLIS = 5_000;

    private final Router router;
    private final FetchRequest request;
    private final ContextInternal context;
    private final Promise<FetchResult> promise;
    private final long deadlineNanos;
    private final long leaderDeadlineNanos;

    private boolean waited;

    /** What each partition answered last, by its place in the request. */
    private final FetchedPartition[] answers;

    RoutedFetch(Router router, FetchRequest request, ContextInternal context) {
        this.router = router;
        this.request = request;
        this.context = context;
        this.promise = context.promise();
        long now = router.clock.monotonicNanos();
        this.deadlineNanos = now + TimeUnit.MILLISECONDS.toNanos(Math.max(0, request.maxWaitMillis()));
        this.leaderDeadlineNanos =
                now + TimeUnit.MILLISECONDS.toNanos(Math.max(LEADER_WAIT_MILLIS, Math.max(0, request.maxWaitMillis())));
        this.answers = new FetchedPartition[request.partitions().size()];
    }

    Future<FetchResult> begin() {
        look();
        return promise.future();
    }

    // ---- a look

    private void look() {
        Map<Integer, List<Integer>> places = places();
        if (places.isEmpty()) {
            decide();
            return;
        }
        int share = Math.max(1, request.maxBytes() / places.size());
        List<Future<Void>> asked = new ArrayList<>();
        places.forEach((leader, mine) -> asked.add(ask(leader, mine, 0, share).map(result -> {
            take(mine, result);
            return null;
        })));
        Future.join(asked).onComplete(all -> decide());
    }

    /** Places in the request by leader; who has none is answered so. */
    private Map<Integer, List<Integer>> places() {
        Map<Integer, List<Integer>> places = new TreeMap<>();
        for (int place = 0; place < answers.length; place++) {
            release(place);
            FetchPartition wanted = request.partitions().get(place);
            try {
                int leader = router.leader(wanted.partition());
                if (leader < 0) {
                    answers[place] = FetchedPartition.failed(wanted.partition(), ErrorCode.LEADER_NOT_AVAILABLE);
                } else {
                    places.computeIfAbsent(leader, id -> new ArrayList<>()).add(place);
                }
            } catch (ThalwegException unknown) {
                answers[place] = FetchedPartition.failed(wanted.partition(), unknown.error());
            }
        }
        return places;
    }

    /** Never fails: a broker that does not answer is a failure of each of its partitions. */
    private Future<FetchResult> ask(int leader, List<Integer> places, int waitMillis, int bytesMax) {
        List<FetchPartition> wanted =
                places.stream().map(request.partitions()::get).toList();
        FetchRequest part = new FetchRequest(wanted, waitMillis, waitMillis > 0 ? 1 : 0, bytesMax, request.isolation());
        Future<FetchResult> answer = leader == router.self
                ? router.local.fetch(part)
                : router.call(
                        leader,
                        Call.FETCH,
                        encoded(part),
                        waitMillis + ANSWER_MARGIN_MILLIS,
                        in -> new FetchResult(in.list(RecordCalls::fetchedPartition)));
        return answer.recover(failure -> {
            ErrorCode why = ThalwegException.codeOf(failure);
            return Future.succeededFuture(new FetchResult(wanted.stream()
                    .map(partition -> FetchedPartition.failed(partition.partition(), why))
                    .toList()));
        });
    }

    private static Buffer encoded(FetchRequest part) {
        return RecordCalls.encode(part);
    }

    private void take(List<Integer> places, FetchResult result) {
        for (int i = 0; i < places.size(); i++) {
            release(places.get(i));
            answers[places.get(i)] = result.partitions().get(i);
        }
    }

    private void release(int place) {
        FetchedPartition before = answers[place];
        if (before != null) {
            before.records().close();
            answers[place] = null;
        }
    }

    // ---- what comes of it

    /** What there is, or wait for more; what was waited for is answered whether or not it is all that was asked for. */
    private void decide() {
        long bytes = 0;
        boolean conclusive = answers.length == 0;
        boolean routing = false;
        for (FetchedPartition answer : answers) {
            bytes += answer.records().sizeInBytes();
            if (isOfRouting(answer.error())) {
                routing = true;
            } else {
                conclusive |= answer.error() != ErrorCode.NONE || answer.divergingEpoch() != null;
            }
        }
        boolean over = waited || router.isOver(deadlineNanos);
        if (bytes > 0 && (bytes >= request.minBytes() || over || conclusive)) {
            answer();
        } else if (routing && !router.isOver(leaderDeadlineNanos) && !conclusive) {
            router.later().onComplete(waited -> onContext(this::look));
        } else if (conclusive || over || routing || bytes >= request.minBytes()) {
            answer();
        } else {
            await();
        }
    }

    private static boolean isOfRouting(ErrorCode error) {
        return error == ErrorCode.NOT_LEADER_OR_FOLLOWER
                || error == ErrorCode.LEADER_NOT_AVAILABLE
                || error == ErrorCode.OFFSET_NOT_AVAILABLE
                || error == ErrorCode.NETWORK_EXCEPTION
                || error == ErrorCode.FENCED_LEADER_EPOCH
                || error == ErrorCode.UNKNOWN_LEADER_EPOCH;
    }

    private void answer() {
        FetchResult result = new FetchResult(List.of(answers));
        if (!promise.tryComplete(result)) {
            result.close();
        }
    }

    // ---- a wait

    /** Asks each leader to answer when it has something; the first that does lets all be looked at once more. */
    private void await() {
        Map<Integer, List<Integer>> places = new TreeMap<>();
        for (int place = 0; place < answers.length; place++) {
            int leader = leaderOrNobody(place);
            if (leader < 0) {
                // It changed since the look.
                router.later().onComplete(waited -> onContext(this::look));
                return;
            }
            places.computeIfAbsent(leader, id -> new ArrayList<>()).add(place);
        }
        long leftNanos = deadlineNanos - router.clock.monotonicNanos();
        int leftMillis = (int) Math.max(1, Math.min(TimeUnit.NANOSECONDS.toMillis(leftNanos), Integer.MAX_VALUE));
        Wait wait = new Wait(places.size());
        places.forEach((leader, mine) -> ask(leader, mine, leftMillis, request.maxBytes())
                .onSuccess(result -> onContext(() -> wait.onAnswer(mine, result))));
    }

    private int leaderOrNobody(int place) {
        try {
            return router.leader(request.partitions().get(place).partition());
        } catch (ThalwegException gone) {
            return -1;
        }
    }

    private final class Wait {
        private final int asked;
        private int answered;
        private boolean over;

        Wait(int asked) {
            this.asked = asked;
        }

        void onAnswer(List<Integer> places, FetchResult result) {
            answered++;
            if (over) {
                result.close();
                return;
            }
            boolean something = result.partitions().stream()
                    .anyMatch(partition -> partition.records().sizeInBytes() > 0
                            || partition.error() != ErrorCode.NONE
                            || partition.divergingEpoch() != null);
            take(places, result);
            if (something || answered == asked) {
                over = true;
                waited = something;
                decide();
            }
        }
    }

    private void onContext(Runnable task) {
        Context here = context;
        if (context.isRunningOnContext()) {
            task.run();
        } else {
            here.runOnContext(nothing -> task.run());
        }
    }
}
