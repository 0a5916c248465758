SELECT id_buoc AS step_id,
       id_ho_so AS dossier_id,
       ten_buoc AS step_name,
       can_bo AS officer_ids,
       bat_dau AS started_at,
       han_buoc AS due_at,
       ket_thuc AS finished_at,
       cap_nhat AS updated_at
  FROM onestop.buoc_xu_ly
