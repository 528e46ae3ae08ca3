package io.thalweg.connectors.runtime.store;

/** Takes note of the topics that a connector writes to or reads from. */
public interface UsedTopics {

    /** Cheap to call for a topic that is known. */
    void used(String connector, String topic, int task);
}
