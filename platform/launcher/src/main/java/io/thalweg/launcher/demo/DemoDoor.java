package io.thalweg.launcher.demo;

import java.util.List;

/** One way in and out of the log. All methods block. */
interface DemoDoor {

    String name();

    /** Publishes all, keyed by origin, and returns when all are acknowledged. */
    PublishReport publish(String topic, List<Flight> flights) throws Exception;

    /** Reads {@code count} records as the only member of {@code group}. Interrupted if that takes too long. */
    ReadReport read(String topic, String group, int count) throws Exception;
}
