ARG BASE
FROM ${BASE}
ARG TOKEN
RUN echo "using $TOKEN"; echo "the step that fails"; exit 9
