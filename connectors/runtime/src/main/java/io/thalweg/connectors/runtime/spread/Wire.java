package io.thalweg.connectors.runtime.spread;

import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.runtime.task.TaskIdentity;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;

/**
 * What the seated node and the nodes that run tasks say to each other: JSON over the cluster's event bus, each message with the
 * number of the seat's claim. What the seat asks: {@link #TAKE_OVER}, {@link #START}, {@link #STOP}; what it is told:
 * {@link #PUT}, {@link #ENDED}, {@link #USED}, {@link #LEAVING}.
 */
final class Wire {

    /** What a message is. */
    static final String VERB = "verb";

    /** I am seated: what do you run? Answer: {@link #WORKER}, {@link #TASKS}. */
    static final String TAKE_OVER = "takeOver";

    /** Run this task, or go on with it if it runs just so. Answered when it has started. */
    static final String START = "start";

    /** Answered when it does not run any more. */
    static final String STOP = "stop";

    /** Store these positions. Answered when they are in the log. */
    static final String PUT = "put";

    /** A task ended by itself; without {@link #TRACE} it is no fault of its own. */
    static final String ENDED = "ended";

    static final String USED = "used";

    /** Give this node no more tasks, and take those away that it has. */
    static final String LEAVING = "leaving";

    /** Of the seat's claim. */
    static final String CLAIM = "claim";

    static final String NODE = "node";
    static final String WORKER = "worker";
    static final String TASKS = "tasks";
    static final String CONNECTOR = "connector";
    static final String INDEX = "index";

    /** Of the instance, as the seat numbers them; -1 for whatever runs. */
    static final String INSTANCE = "instance";

    static final String CLASS = "class";
    static final String CONFIG = "config";
    static final String TRACE = "trace";
    static final String TOPIC = "topic";
    static final String PUTS = "puts";
    static final String PARTITION = "partition";
    static final String POSITION = "position";

    // How an answer fails.

    /** There is a later claim than the message's. */
    static final int STALE = 1;

    /** The task did not start; the message is its trace. */
    static final int TASK_FAILED = 2;

    /** Not now: this node is no member, or the log did not answer. */
    static final int NOT_NOW = 3;

    /** The instance is not the one that runs the task. */
    static final int NOT_CURRENT = 4;

    /** The position cannot be stored, whoever asks. */
    static final int REFUSED = 5;

    private Wire() {}

    static String workerAddress(int node) {
        return "thalweg.connectors.worker." + node;
    }

    static String seatAddress(int node) {
        return "thalweg.connectors.seat." + node;
    }

    /** What states name a node by: where its HTTP door is, as the cluster knows it; else {@code configured}. */
    static String workerId(ThalwegClient client, int node, String configured) {
        for (BrokerNode broker : client.cluster().brokers()) {
            Endpoint http = broker.endpoints().get("http");
            if (broker.id() == node && http != null) {
                return http.host() + ":" + http.port();
            }
        }
        return configured;
    }

    static DeliveryOptions within(long millis) {
        return new DeliveryOptions().setSendTimeout(millis);
    }

    /** -1 if the message did not get there, or no answer came. */
    static int codeOf(Throwable failure) {
        return failure instanceof ReplyException reply ? reply.failureCode() : -1;
    }

    static JsonObject about(TaskIdentity task) {
        return new JsonObject().put(CONNECTOR, task.connector()).put(INDEX, task.index());
    }

    static TaskIdentity task(JsonObject message) {
        return new TaskIdentity(message.getString(CONNECTOR), message.getInteger(INDEX));
    }

    /** As it is after a way over the wire, to be compared. */
    static JsonObject plain(JsonObject config) {
        return new JsonObject(config.encode());
    }
}
