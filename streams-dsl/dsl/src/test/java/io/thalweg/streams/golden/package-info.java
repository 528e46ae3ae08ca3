/** Recorded runs of Apache Kafka Streams, and our topologies that must repeat them. */
@NullMarked
package io.thalweg.streams.golden;

import org.jspecify.annotations.NullMarked;
