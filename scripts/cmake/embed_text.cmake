# embed_text(SOURCES_VARIABLE SYMBOL FILE): compiles a text file into the library as `const std::string_view psg::embedded::SYMBOL`
# and appends the generated source to SOURCES_VARIABLE. Raw string literals are cut into pieces that every compiler accepts.
function(embed_text sources symbol file)
  cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE input)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DSYMBOL=${symbol}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_text_run.cmake
    DEPENDS ${input} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed_text_run.cmake
    COMMENT "Embedding ${file}")
  set(${sources} ${${sources}} ${output} PARENT_SCOPE)
endfunction()
