/** The DSL's operators beside Apache Kafka Streams: the same topology in both, fresh random inputs, equal outputs. */
@NullMarked
package io.thalweg.streams.oracle;

import org.jspecify.annotations.NullMarked;
