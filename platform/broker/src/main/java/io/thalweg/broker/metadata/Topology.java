package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView;
import io.thalweg.broker.api.ClusterView.TopicView;

/** What this node knows of the cluster, and tells of itself. Safe for any thread. */
public interface Topology {

    /** Told on the controller's context, after the change is visible in the view. */
    interface TopicListener {

        /** A topic is new, or something of it changed. */
        default void onTopic(TopicView topic) {}

        default void onTopicDeleted(TopicView topic) {}
    }

    ClusterView view();

    /** Where a door of this node is reached. */
    void advertise(String door, String host, int port);

    /** Tells of all topics that exist and then of each change. Before the node serves. */
    void addListener(TopicListener listener);
}
