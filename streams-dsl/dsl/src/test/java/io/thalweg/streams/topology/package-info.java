/** Topologies as values. */
@NullMarked
package io.thalweg.streams.topology;

import org.jspecify.annotations.NullMarked;
