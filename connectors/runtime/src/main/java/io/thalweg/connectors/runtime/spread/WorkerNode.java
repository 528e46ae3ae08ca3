package io.thalweg.connectors.runtime.spread;

import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/** A node that may run tasks, in one membership of the group, as the seated node sees it. Confined to the herder's context. */
final class WorkerNode {

    private final int id;
    private final String memberId;
    private String worker;

    /** Completes when it has told what it runs, or is no member any more. */
    private final Promise<Void> heard = Promise.promise();

    /** It answers, and may be given tasks. */
    private boolean ready;

    private boolean asking;

    /** It wants no tasks any more. */
    private boolean leaving;

    private boolean gone;

    /** What it runs for an earlier seat, and with which configuration; none fits what is ending there. */
    private final Map<TaskIdentity, JsonObject> leftovers = new HashMap<>();

    WorkerNode(int id, String memberId) {
        this.id = id;
        this.memberId = memberId;
        this.worker = "node-" + id;
    }

    int id() {
        return id;
    }

    String memberId() {
        return memberId;
    }

    String worker() {
        return worker;
    }

    Promise<Void> heard() {
        return heard;
    }

    boolean ready() {
        return ready && !leaving && !gone;
    }

    boolean gone() {
        return gone;
    }

    boolean leaving() {
        return leaving;
    }

    Map<TaskIdentity, JsonObject> leftovers() {
        return leftovers;
    }

    /** False if it is being asked already. */
    boolean ask() {
        if (asking || gone) {
            return false;
        }
        asking = true;
        ready = false;
        return true;
    }

    void onHeard(String itsWorker) {
        asking = false;
        ready = true;
        worker = itsWorker;
    }

    void leave() {
        leaving = true;
    }

    void onGone() {
        gone = true;
        ready = false;
        leftovers.clear();
        heard.tryComplete();
    }
}
